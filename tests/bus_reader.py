"""Writes down what stands on the accessibility bus, as a screen reader would find it.

    /usr/bin/python3 bus_reader.py        (needs python3-dbus; no part of the program)

One JSON line: a list of objects with role, name, states and the place of the parent.
"""

import json
import sys

import dbus

ACCESSIBLE = "org.a11y.atspi.Accessible"
ROOT = "/org/a11y/atspi/accessible/root"


def walk(bus, service, path, parent, found):
    """Add an object and all under it."""
    accessible = bus.get_object(service, path, introspect=False)
    face = dbus.Interface(accessible, ACCESSIBLE)
    get = dbus.Interface(accessible, "org.freedesktop.DBus.Properties").Get
    low, high = (int(part) for part in face.GetState())
    place = len(found)
    found.append(
        {
            "role": int(face.GetRole()),
            "role_name": str(face.GetRoleName()),
            "name": str(get(ACCESSIBLE, "Name")),
            "description": str(get(ACCESSIBLE, "Description")),
            "states": low | high << 32,
            "parent": parent,
        }
    )
    for child_service, child in face.GetChildren():
        if str(child) != "/org/a11y/atspi/null":
            walk(bus, str(child_service), str(child), place, found)


session = dbus.SessionBus()
address = dbus.Interface(
    session.get_object("org.a11y.Bus", "/org/a11y/bus"), "org.a11y.Bus"
).GetAddress()
bus = dbus.bus.BusConnection(str(address))
found = []
walk(bus, "org.a11y.atspi.Registry", ROOT, -1, found)
json.dump(found, sys.stdout)
