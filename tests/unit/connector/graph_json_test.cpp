#include "base/failure.hpp"
#include "base/text.hpp"
#include "connector/graph/graph_json.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace crmsync;
using namespace crmsync::graph;

namespace {

/// As it is kept.
std::string cleaned(const Document& document, std::string_view key)
{
    return clean_utf8(text_at(document.root(), key).value_or("nothing"));
}

} // namespace

TEST_CASE("a page with half a surrogate pair in one subject still yields the others")
{
    const DocumentPtr page =
        parse_document(R"({"a": "cut \ud83d short", "b": "fine \ud83d\ude00"})");

    CHECK(cleaned(*page, "a") == "cut \uFFFD short");
    CHECK(text_at(page->root(), "b") == "fine \U0001F600");
}

TEST_CASE("a lonely second half, a half before another escape and one at the end are mended")
{
    const DocumentPtr page =
        parse_document(R"({"a": "\ude00x", "b": "\ud83d\n", "c": "\ud83d\ud83d", "d": "\ud83d"})");

    CHECK(cleaned(*page, "a") == "\uFFFDx");
    CHECK(cleaned(*page, "b") == "\uFFFD\n");
    CHECK(cleaned(*page, "c") == "\uFFFD\uFFFD");
    CHECK(cleaned(*page, "d") == "\uFFFD");
}

TEST_CASE("raw control characters and unknown escapes cost only themselves")
{
    const std::string text = std::string("{\"a\": \"one\x01two\nthree") + "\\q" + "\", \"b\": 1}";

    const DocumentPtr page = parse_document(text);

    CHECK(text_at(page->root(), "a") == "one two three\uFFFD");
    CHECK(number_of(member(page->root(), "b")) == 1);
}

TEST_CASE("text in broken UTF-8 is parsed, to be cleaned where it is kept")
{
    const DocumentPtr page = parse_document("{\"a\": \"caf\xE9\", \"b\": \"ok\"}");

    CHECK(text_at(page->root(), "b") == "ok");
}

TEST_CASE("what is no JSON at all is a failure that may pass")
{
    for (const std::string_view text :
         {"", "<html>502</html>", R"({"value": [{"id": "x")", R"({"a": "unended)", "\\"}) {
        INFO(text);
        try {
            parse_document(text);
            FAIL("parsed");
        } catch (const Failure& failure) {
            CHECK(failure.name() == "graph.unreadable_answer");
            CHECK(failure.reaction() == Reaction::retry);
        }
    }
}

TEST_CASE("mending valid JSON changes nothing of what it says")
{
    const std::string text =
        R"({"a": "tab\t \"quoted\" \\ \/ \u00e9 \ud83d\ude00", "b": [1, null]})";

    CHECK(parse_document(mend_json(text))->root() == parse_document(text)->root());
}

TEST_CASE("mangled answers never do worse than a failure")
{
    const std::string good =
        R"({"value": [{"id": "A", "subject": "x\ud83d\ude00\\", "to": [{"a": {"b": "c"}}]}], "n": 1e3})";
    std::minstd_rand random(20260302);
    int parsed = 0;
    for (int round = 0; round < 5'000; ++round) {
        std::string text = good;
        for (unsigned i = 0; i < 1 + random() % 4; ++i)
            text[random() % text.size()] = static_cast<char>(random() % 256);
        text.resize(round % 3 ? text.size() : random() % text.size());
        try {
            parse_document(text);
            ++parsed;
        } catch (const Failure& failure) {
            REQUIRE(failure.name() == "graph.unreadable_answer");
        }
    }
    CHECK(parsed > 100);
}

TEST_CASE("numbers are read from numbers and from texts, and from nothing else")
{
    const DocumentPtr row = parse_document(R"({"a": 7, "b": "8", "c": "9x", "d": 1.5, "e": null})");
    const auto at = [&](std::string_view key) { return number_of(member(row->root(), key)); };

    CHECK(at("a") == 7);
    CHECK(at("b") == 8);
    CHECK_FALSE(at("c"));
    CHECK_FALSE(at("d"));
    CHECK_FALSE(at("e"));
    CHECK_FALSE(at("f"));
}
