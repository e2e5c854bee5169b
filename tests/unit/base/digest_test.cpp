#include "base/digest.hpp"
#include "base/failure.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include <string>

using namespace crmsync;
using namespace std::string_literals;

TEST_CASE("SHA-256 as the standard has it")
{
    CHECK(hex(bytes_of(sha256("abc"))) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hex(bytes_of(sha256(""))) ==
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("HMAC-SHA-256 as RFC 4231 has it")
{
    CHECK(hex(bytes_of(hmac_sha256(std::string(20, '\x0b'), "Hi There"))) ==
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK(hex(bytes_of(hmac_sha256("Jefe", "what do ya want for nothing?"))) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    // A key longer than a block is hashed first.
    CHECK(hex(bytes_of(hmac_sha256(std::string(131, '\xaa'),
                                   "Test Using Larger Than Block-Size Key - Hash Key First"))) ==
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    CHECK(hmac_sha256("", "") != Sha256{});
}

TEST_CASE("base64 as RFC 4648 has it")
{
    CHECK(base64("") == "");
    CHECK(base64("f") == "Zg==");
    CHECK(base64("fo") == "Zm8=");
    CHECK(base64("foo") == "Zm9v");
    CHECK(base64("foobar") == "Zm9vYmFy");
    CHECK(base64("\xFB\xFF") == "+/8=");
    CHECK(base64_url("\xFB\xFF") == "-_8");
    CHECK(base64_url("f") == "Zg");
    CHECK(from_base64("Zm9v\r\n YmFy\n") == "foobar");
    CHECK(from_base64("") == "");
    CHECK(from_base64(" \n") == "");
    CHECK(hex("\x00\xAB\xFF"s) == "00abff");
}

TEST_CASE("what is no base64 is an item to set aside")
{
    const std::string text = GENERATE("Z", "Zg", "Zg=", "Zg===", "Zm8", "Zm9v=", "Z=g=", "=",
                                      "====", "Zg==Zg==", "Zm9*", "Zm9-", "Zm9\x80", "Zg==x");
    CAPTURE(text);
    try {
        from_base64(text);
        FAIL("accepted");
    } catch (const Failure& failure) {
        CHECK(failure.name() == "base64.invalid");
        CHECK(failure.reaction() == Reaction::set_aside);
    }
}

TEST_CASE("what is encoded decodes to itself")
{
    rc::prop("any bytes",
             [](const std::string& bytes) { RC_ASSERT(from_base64(base64(bytes)) == bytes); });
}

TEST_CASE("random bytes are as many as asked for, and not the same twice")
{
    CHECK(random_bytes(0).empty());
    CHECK(random_bytes(33).size() == 33);
    CHECK(random_bytes(16) != random_bytes(16));
}
