#include "integration/store/stored.hpp"
#include "store/transaction.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

constexpr pg::Statement wait_for_disk{"", "SET synchronous_commit = on"};
constexpr pg::Statement waits_for_disk{"", "SELECT current_setting('synchronous_commit')"};

} // namespace

TEST_CASE("only the commit of what can be done again does not wait for the disk")
{
    Stored stored;
    const Fence fence = stored.leased("ann@contoso.example");
    const auto connection = stored.run(stored.pool.acquire());
    stored.run(connection->run(wait_for_disk));
    const auto setting_in = [&](pg::Script script) {
        script.add(waits_for_disk);
        const auto results = stored.run(store::complete(*connection, std::move(script)));
        return results.back().get<std::string>(0, 0);
    };

    CHECK(setting_in(store::repeatable_transaction(fence)) == "off");
    CHECK(setting_in(store::transaction(fence)) == "on");
}
