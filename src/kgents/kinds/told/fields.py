"""What trials that another program runs add to the JSON document: nothing."""

from kgents.kinds.fields import Fields

FIELDS = Fields()
