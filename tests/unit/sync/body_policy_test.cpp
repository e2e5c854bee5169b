#include "sync/body_policy.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace crmsync::sync;
using namespace std::string_literals;

TEST_CASE("a body as long as allowed stays whole")
{
    const CutBody cut = cut_body("12345", 5);
    CHECK(cut.text == "12345");
    CHECK_FALSE(cut.truncated);
    CHECK(cut.bytes == 5);
}

TEST_CASE("a longer body is cut, and says so with its length before")
{
    const CutBody cut = cut_body("123456", 5);
    CHECK(cut.text == "12345");
    CHECK(cut.truncated);
    CHECK(cut.bytes == 6);
}

TEST_CASE("a body is cut before a character that does not fit whole")
{
    // One, two, three and four bytes a character.
    CHECK(cut_body("aé", 2).text == "a");
    CHECK(cut_body("a€b", 3).text == "a");
    CHECK(cut_body("a€b", 4).text == "a€");
    CHECK(cut_body("😀😀", 7).text == "😀");
    CHECK(cut_body("😀", 3).text.empty());
    CHECK(cut_body("😀", 3).truncated);
}

TEST_CASE("what PostgreSQL refuses is cleaned, and that is no cut")
{
    const CutBody nul = cut_body("a\0b"s, 100);
    CHECK(nul.text == "ab");
    CHECK_FALSE(nul.truncated);
    CHECK(nul.bytes == 3);

    const CutBody broken = cut_body("a\xC3(b\xFF", 100);
    CHECK(broken.text == "a\uFFFD(b\uFFFD");
    CHECK_FALSE(broken.truncated);
}

TEST_CASE("a body that only grows too long by cleaning is cut as well")
{
    const CutBody cut = cut_body("ab\xFF", 4);
    CHECK(cut.text == "ab");
    CHECK(cut.truncated);
    CHECK(cut.bytes == 3);
}
