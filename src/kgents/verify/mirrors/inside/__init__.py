"""Both ends of the line between tests and a candidate: standard library only, imported by any CPython from 3.11 on.

Rule: whatever comes from the candidate's end is data. Nothing is imported, called or trusted because it says so.
"""
