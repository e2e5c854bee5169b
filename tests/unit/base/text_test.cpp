#include "base/text.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include <string>

using namespace crmsync;
using namespace std::string_literals;

TEST_CASE("names that a person takes for the same are the same when folded")
{
    CHECK(fold("CRM Track") == "crm track");
    CHECK(same_folded("PRÜFEN", "prüfen"));
    CHECK(same_folded("pru\u0308fen", "prüfen")); // decomposed and composed
    CHECK(same_folded("STRASSE", "straße"));
    CHECK(same_folded("ΣΊΣΥΦΟΣ", "σίσυφος"));        // final sigma
    CHECK(same_folded("\u212Bngström", "ångström")); // the sign for the unit
    CHECK(same_folded("ВАЖНО", "важно"));
    CHECK_FALSE(same_folded("a", "b"));
    CHECK_FALSE(same_folded("résumé", "resume"));
    CHECK(fold("") == "");
}

TEST_CASE("names are compared without their case and the white space around them")
{
    CHECK(same_name("CRM Tracked ", "crm tracked"));
    CHECK(same_name("\tPRÜFEN", "prüfen"));
    CHECK_FALSE(same_name("CRM  Tracked", "CRM Tracked"));
    CHECK_FALSE(same_name("CRM Track", "CRM Tracked"));
}

TEST_CASE("folding twice changes nothing, and broken text folds too")
{
    rc::prop("any bytes",
             [](const std::string& bytes) { RC_ASSERT(fold(fold(bytes)) == fold(bytes)); });
    CHECK(fold("\u0390") == fold(fold("\u0390")));
    CHECK(fold("a\xFFz") == "a\uFFFDz");
}

TEST_CASE("trim, split and join")
{
    CHECK(trim(" \t a b\r\n") == "a b");
    CHECK(trim("  ") == "");
    CHECK(trim("") == "");
    CHECK(split("a,b,,c", ',') == std::vector<std::string_view>{"a", "b", "", "c"});
    CHECK(split("", ',') == std::vector<std::string_view>{""});
    CHECK(split(",", ',') == std::vector<std::string_view>{"", ""});
    CHECK(join({"a", "a", "b"}, ", ") == "a, a, b");
    CHECK(join({}, ", ") == "");
    CHECK(join({""}, ", ") == "");
}

TEST_CASE("text for the database has no broken sequences and no controls")
{
    CHECK(clean_utf8("Grüße\t\r\n") == "Grüße\t\r\n");
    CHECK(clean_utf8("a\0b\x01\x1F"s) == "ab");
    CHECK(clean_utf8("a\xFF\xFE") == "a\uFFFD\uFFFD");
    CHECK(clean_utf8("\xC3") == "\uFFFD");                                   // cut
    CHECK(clean_utf8("\xC0\xAF") == "\uFFFD\uFFFD");                         // overlong
    CHECK(clean_utf8("\xED\xA0\x80").find('\xED') == std::string::npos);     // a surrogate
    CHECK(clean_utf8("\xF4\x90\x80\x80").find('\xF4') == std::string::npos); // past U+10FFFF
    CHECK(clean_utf8("😀") == "😀");
    rc::prop("plain text between is passed over, wherever it begins and ends",
             [](const std::string& before, const std::string& after) {
                 const std::string plain = *rc::gen::container<std::string>(
                     rc::gen::elementOf(std::string(" abcXYZ<>&;=\"'~\n")));
                 // No character stands partly in ASCII, so the parts can be cleaned by themselves.
                 RC_ASSERT(clean_utf8(before + ' ' + plain + ' ' + after) ==
                           clean_utf8(before) + ' ' + plain + ' ' + clean_utf8(after));
             });
    rc::prop("cleaning twice changes nothing", [](const std::string& bytes) {
        const std::string clean = clean_utf8(bytes);
        RC_ASSERT(clean_utf8(clean) == clean);
        RC_ASSERT(clean.find('\0') == std::string::npos);
    });
}

TEST_CASE("a cut never goes through a character")
{
    CHECK(cut_utf8("abc", 5) == "abc");
    CHECK(cut_utf8("abc", 2) == "ab");
    CHECK(cut_utf8("aü", 2) == "a");
    CHECK(cut_utf8("aü", 3) == "aü");
    CHECK(cut_utf8("😀", 3) == "");
    CHECK(cut_utf8("abc", 0) == "");
    rc::prop("what is cut from clean text is clean", [](const std::string& bytes) {
        const std::string clean = clean_utf8(bytes);
        const auto length = *rc::gen::inRange<std::size_t>(0, clean.size() + 2);
        const std::string cut(cut_utf8(clean, length));
        RC_ASSERT(cut.size() <= length);
        RC_ASSERT(clean_utf8(cut) == cut);
        RC_ASSERT(cut.size() + 4 > std::min(length, clean.size()));
    });
}
