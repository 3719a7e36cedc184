"""Ways to the places that summaries go to."""

from app.sync.destinations.patience import USUAL, Patience
from app.sync.parcels import Address, Carrier, Credentials, Destination


def reach(address: Address, credentials: Credentials, patience: Patience = USUAL) -> Destination:
    """Open the way to an address; a SendingTrouble says why there is none."""
    # Each is read when it is first needed: a desk has one or two of them.
    if address.carrier is Carrier.FOLDER:
        from app.sync.destinations.folder import Folder

        return Folder(address)
    if address.carrier is Carrier.WEBDAV:
        from app.sync.destinations.webdav import WebDav

        return WebDav(address, credentials, patience)
    if address.carrier is Carrier.SFTP:
        from app.sync.destinations.sftp import Sftp

        return Sftp(address, credentials, patience)
    from app.sync.destinations.clouds import Cloud

    return Cloud(address, credentials, patience)
