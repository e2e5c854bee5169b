#include "pages_rule.hpp"

#include <catch2/catch.hpp>

using namespace crmsync::lint;

namespace {

const std::set<std::string> tree = {"README.md", "lib/sync/mailbox_turn.hpp", "lib/store/csv.cpp"};

} // namespace

TEST_CASE("a file that a page names is there, by any end of its path")
{
    CHECK(check_page("a.md", "see `lib/store/csv.cpp`, `sync/mailbox_turn.hpp` or `csv.cpp`", tree)
              .empty());
    const auto findings = check_page("a.md", "first\nsee `sync/pass.hpp`, then `sv.cpp`\n", tree);
    REQUIRE(findings.size() == 2);
    CHECK(findings[0].file == "a.md");
    CHECK(findings[0].line == 2);
    CHECK(findings[0].message == "sync/pass.hpp is not there");
    CHECK(findings[1].message == "sv.cpp is not there");
}

TEST_CASE("patterns, commands and files of other kinds are not looked for")
{
    CHECK(check_page("a.md",
                     "`*_test.cpp`, `NNNN_name.sql`, `<file>_test.cpp`, `run x.sh`, "
                     "`crmsync.toml`, /etc/x.sh",
                     tree)
              .empty());
}
