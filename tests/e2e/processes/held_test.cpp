#include "e2e/processes/stage.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

using namespace crmsync::test;

namespace {

const std::string ann = "ann@contoso.example";

/// Ann's mailbox with twelve tracked messages, eleven of which she untracked at once.
struct Held {
    Stage stage;
    std::unique_ptr<Child> daemon;
    std::vector<std::string> ids;

    Held()
    {
        stage.mailbox(ann);
        for (int i = 0; i < 12; ++i)
            ids.push_back(stage.deliver(ann, {{"subject", "Offer " + std::to_string(i)},
                                              {"categories", json::array{"CRM Track"}}}));
        daemon = stage.serve();
        stage.wait_for("all are tracked", [&] { return carrying() == 12; });
        stage.wait_for("the pass has ended", [&] {
            return stage.number("SELECT count(*) FROM sync.mailbox WHERE last_pass_at IS NOT NULL "
                                "AND categories_at IS NOT NULL") == 1;
        });
        for (int i = 0; i < 11; ++i)
            stage.sim("untag", {{"mailbox", ann},
                                {"id", ids[static_cast<std::size_t>(i)]},
                                {"category", "CRM Tracked"}});
        stage.wait_for("all are held", [&] {
            return stage.number("SELECT count(*) FROM sync.untrack_stage WHERE held") == 11;
        });
    }
    int carrying()
    {
        return static_cast<int>(std::count_if(ids.begin(), ids.end(), [&](const std::string& id) {
            return stage.categories_of(ann, id) == "CRM Tracked";
        }));
    }
    std::int64_t alive()
    {
        return stage.number("SELECT count(*) FROM crm.activity WHERE deleted_at IS NULL");
    }
};

} // namespace

TEST_CASE("held removals are listed, and put back by a word, while the service runs")
{
    Held held;
    Stage& stage = held.stage;
    const json::value list = json::parse(stage.crmsync({"held", "list", "--json"}).out);
    REQUIRE(list.as_array().size() == 1);
    CHECK(list.at(0).at("address").as_string() == ann.c_str());
    CHECK(list.at(0).at("count").as_int64() == 11);
    CHECK(list.at(0).at("why").as_string() == "guard_many");
    CHECK(crmsync::parse_timestamp(std::string(list.at(0).at("since").as_string())));
    const Outcome shown = stage.crmsync({"held", "list"});
    CHECK_THAT(shown.out, Catch::Contains(ann) && Catch::Contains(" 11 ") &&
                              Catch::Contains("more were untracked within an hour"));

    const Outcome rejected = stage.crmsync({"held", "reject", ann});
    CAPTURE(rejected.err);
    CHECK(rejected.code == 0);
    CHECK_THAT(rejected.out, Catch::Contains("rejected 11 removals of " + ann));
    stage.wait_for("all carry the category again", [&] { return held.carrying() == 12; });
    CHECK(held.alive() == 12);
    CHECK(json::parse(stage.crmsync({"held", "list", "--json"}).out).as_array().empty());
    const Outcome again = stage.crmsync({"held", "reject", ann});
    CHECK(again.code == 1);
    CHECK_THAT(again.err, Catch::Contains("nothing is held back for " + ann));
}

TEST_CASE("held removals are carried out by a word, while the service runs")
{
    Held held;
    const Outcome confirmed = held.stage.crmsync({"held", "confirm", ann});
    CHECK(confirmed.code == 0);
    CHECK_THAT(confirmed.out, Catch::Contains("confirmed 11 removals of " + ann));
    held.stage.wait_for("they are untracked", [&] { return held.alive() == 1; });
    CHECK(held.stage.number("SELECT count(*) FROM sync.untrack_stage") == 0);
}
