"""What `import kgents` gives: functions over the runner of the command line, no logic of their own.

Rule: `kgents/__init__.py` imports from here when a name is asked for, so that `import kgents` costs nothing.
"""
