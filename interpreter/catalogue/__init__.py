"""What WeChat offers, as data: the methods of its API, the codes it fails with, and which account may call what.

`methods/` holds a JSON file for each family, a line for each method; `codes.json` holds the error codes. The rest of
this package reads them as frozen objects and compares arguments with them. Nothing is called here: who checks a bot,
who calls the API and who plays the platform in a test all read the same page.
"""
