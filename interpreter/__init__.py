"""A declarative dialog interpreter for WeChat: bots written as YAML, compiled into a state machine."""
