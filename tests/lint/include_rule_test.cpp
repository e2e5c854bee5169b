#include "include_rule.hpp"

#include <catch2/catch.hpp>

using namespace crmsync::lint;

namespace {

std::size_t findings(const std::string& file, std::string_view source)
{
    return check_includes(file, source).size();
}

} // namespace

TEST_CASE("a folder may include what is below it")
{
    CHECK(findings("lib/net/http.cpp", "#include \"net/http.hpp\"\n#include \"base/log.hpp\"") ==
          0);
    CHECK(findings("lib/match/gate.cpp", "#include \"model/item.hpp\"") == 0);
    CHECK(findings("lib/connector/graph/graph_error.cpp", "#include \"net/http.hpp\"") == 0);
    CHECK(findings("lib/schedule/worker.cpp", "#include \"sync/pass.hpp\"") == 0);
    CHECK(findings("daemon/commands/serve.cpp", "#include \"schedule/worker.hpp\"") == 0);
}

TEST_CASE("a folder may not include what is above or beside it")
{
    struct Row {
        const char* file;
        const char* line;
    };
    const Row rows[] = {
        {"lib/base/log.cpp", "#include \"model/item.hpp\""},
        {"lib/net/http.cpp", "#include \"model/item.hpp\""},
        {"lib/pg/pool.cpp", "#include \"model/item.hpp\""},
        {"lib/pg/pool.cpp", "#include \"net/http.hpp\""},
        {"lib/match/gate.cpp", "#include \"net/http.hpp\""},
        {"lib/match/gate.cpp", "#include \"store/folders.hpp\""},
        {"lib/connector/graph/a.cpp", "#include \"pg/pool.hpp\""},
        {"lib/connector/graph/a.cpp", "#include \"match/gate.hpp\""},
        {"lib/store/folders.cpp", "#include \"net/http.hpp\""},
        {"lib/sync/pass.cpp", "#include \"schedule/worker.hpp\""},
        {"lib/schedule/worker.cpp", "#include \"admin/router.hpp\""},
        {"lib/admin/router.cpp", "#include \"schedule/worker.hpp\""},
        {"lib/admin/router.cpp", "#include \"daemon/command.hpp\""},
        {"lib/base/log.cpp", "  #  include   \"pg/pool.hpp\" // why not"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.file, row.line);
        CHECK(findings(row.file, row.line) == 1);
    }
}

TEST_CASE("a finding names file, line and both folders")
{
    const auto found =
        check_includes("lib/net/http.cpp", "#pragma once\n\n#include \"pg/pool.hpp\"\n");
    REQUIRE(found.size() == 1);
    CHECK(found[0].file == "lib/net/http.cpp");
    CHECK(found[0].line == 3);
    CHECK(found[0].message == "net includes pg, which is not below it");
}

TEST_CASE("libraries, neighbours and other trees are none of its business")
{
    CHECK(findings("lib/base/log.cpp", "#include <net/if.h>\n#include \"log.hpp\"") == 0);
    CHECK(findings("lib/base/log.cpp", "// #include \"pg/pool.hpp\"") == 0);
    CHECK(findings("tests/unit/base/log_test.cpp", "#include \"pg/pool.hpp\"") == 0);
    CHECK(findings("lib/pch.hpp", "#include \"pg/pool.hpp\"") == 0);
}
