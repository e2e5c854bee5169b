#include "names_rule.hpp"

#include <catch2/catch.hpp>

using namespace crmsync::lint;

namespace {

std::vector<std::string> names(std::string_view source)
{
    std::vector<std::string> found;
    for (const auto& [name, place] : names_in_source("lib/a.cpp", source))
        found.push_back(name);
    return found;
}

using Found = std::vector<std::string>;

} // namespace

TEST_CASE("a failure's name is found wherever it is given")
{
    CHECK(names(R"(throw Failure(Reaction::stop, "net.tls", "text");)") == Found{"net.tls"});
    CHECK(names("throw Failure(Reaction::stop,\n      \"http.cannot_listen\", \"x\");") ==
          Found{"http.cannot_listen"});
    CHECK(names(R"(Meaning{"40", Reaction::retry, "pg.serialization"})") ==
          Found{"pg.serialization"});
    CHECK(names(R"(CodeMeaning{"X", gone, set_aside, "graph.item_gone")") ==
          Found{"graph.item_gone"});
    CHECK(names(R"(plan_parked(plan, one, "item.changing", true);)") == Found{"item.changing"});
    CHECK(names(R"(event.name = "orphan_category";)") == Found{"orphan_category"});
    CHECK(names(R"(co_await note_event(pool, mailbox, "warn", "folder_left_out",)") ==
          Found{"folder_left_out"});
    CHECK(names(R"(throw Failure(Reaction::stop, "provider.unknown", "x");)") ==
          Found{"provider.unknown"});
}

TEST_CASE("keys of the configuration, steps, hosts and comments are no names")
{
    CHECK(names(R"(mistakes.add("provider.name", "x"); hook("http.send"); key = "sync.days";)") ==
          Found{});
    CHECK(names(R"(const char* hosts[] = {"gmail.com", "web.de"};)") == Found{});
    CHECK(names("#include \"command.hpp\"\n  // like \"net.nothing\"\n") == Found{});
}

TEST_CASE("a page explains what its tables begin with")
{
    const Names found = names_in_page("page.md", "| name | meaning |\n|---|---|\n"
                                                 "| `net.tls` | text with `pg.url` |\n"
                                                 "see `net.broken`\n| `item_parked` | x |\n");
    REQUIRE(found.size() == 2);
    CHECK(found.at("net.tls").line == 3);
    CHECK(found.at("item_parked").line == 5);
}

TEST_CASE("a name must be given and explained")
{
    const Names given{{"net.tls", {"lib/a.cpp", 7}}, {"pg.url", {"lib/b.cpp", 9}}};
    const Names explained{{"pg.url", {"page.md", 3}}, {"pg.old", {"page.md", 4}}};
    const auto findings = compare_names(given, explained, "page.md");
    REQUIRE(findings.size() == 2);
    CHECK(findings[0].file == "lib/a.cpp");
    CHECK(findings[0].line == 7);
    CHECK(findings[0].message == "net.tls is not explained in page.md");
    CHECK(findings[1].file == "page.md");
    CHECK(findings[1].message == "pg.old is a name that nothing gives");
    CHECK(compare_names(explained, explained, "page.md").empty());
}
