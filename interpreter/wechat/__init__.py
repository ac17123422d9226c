"""WeChat's wire formats: signatures, the XML of messages, and the XML of passive replies.

Everything here is bytes and text in, plain data out, or the other way round. Nothing is sent and nothing is awaited;
below this package nobody has ever seen XML.
"""
