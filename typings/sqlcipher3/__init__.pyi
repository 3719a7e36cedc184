from sqlcipher3.dbapi2 import *  # noqa: F403 - the package is its dbapi2 module under a shorter name
