"""The tests' own view of the pages is right: FIPS 197 and SP 800-38A say what comes out."""

from pages_in_clear import decrypted


def test_the_cipher_answers_as_fips_197_appendix_c3_does() -> None:
    key = bytes(range(32))
    sealed = bytes.fromhex("8ea2b7ca516745bfeafc49904b496089")
    assert decrypted(key, bytes(16), sealed).hex() == "00112233445566778899aabbccddeeff"


def test_chaining_answers_as_sp_800_38a_f26_does() -> None:
    key = bytes.fromhex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4")
    sealed = bytes.fromhex("f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d")
    plain = decrypted(key, bytes(range(16)), sealed).hex()
    assert plain == "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
