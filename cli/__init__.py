"""The `onebill` command: for operators, against a deployed stack or a local one."""
