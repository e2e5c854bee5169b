#include "conformance/stage.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

TEST_CASE("over TLS a folder is read over all its pages and a category is written")
{
    for (const ProviderOfStages& provider : providers()) {
        INFO("provider: " << provider.name);
        const auto stage = provider.make_over_tls();
        for (int i = 0; i < 1'203; ++i)
            stage->put({.subject = "No " + std::to_string(i)});
        const std::string id = stage->put({.categories = {"CRM Track"}});
        Reader inbox(*stage, stage->folder_id("inbox"));
        REQUIRE(inbox.round());
        CHECK(inbox.items().size() == 1'204);

        const Item& item = inbox.items().at(id);
        const auto answers = stage->go(
            stage->connector().write_categories({{item.key, *item.version, {"CRM Tracked"}}}));
        CHECK(std::holds_alternative<Written>(answers.at(0)));
        CHECK(stage->categories(id) == std::vector<std::string>{"CRM Tracked"});
        REQUIRE(inbox.round());
        CHECK(inbox.items().at(id).categories == std::vector<std::string>{"CRM Tracked"});
    }
}
