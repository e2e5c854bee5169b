#include "base/failure.hpp"
#include "conformance/stage.hpp"
#include "support/doubts.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace crmsync;
using namespace crmsync::test;

namespace {

CategoryWrite write(Stage& stage, const std::string& id, std::vector<std::string> categories)
{
    const auto items = stage.go(stage.connector().look_up({{Stage::mailbox, id}}));
    return {{Stage::mailbox, id}, *items.at(0)->version, std::move(categories)};
}

Failure failure_of(const std::function<void()>& call)
{
    try {
        call();
    } catch (const Failure& failure) {
        return failure;
    }
    throw std::runtime_error("no failure");
}

} // namespace

CONFORMANCE_CASE(
    "a write replaces the categories, and the version it tells is the one that comes back")
{
    const std::string id = stage.put({.categories = {"CRM Track", "Red"}});
    Reader inbox(stage, stage.folder_id("inbox"));
    REQUIRE(inbox.round());

    const auto answers =
        stage.go(stage.connector().write_categories({write(stage, id, {"CRM Tracked", "Red"})}));

    CHECK(stage.categories(id) == std::vector<std::string>{"CRM Tracked", "Red"});
    REQUIRE(inbox.round());
    const std::vector<std::string> shown = *inbox.items().at(id).categories;
    CHECK(std::set(shown.begin(), shown.end()) == std::set<std::string>{"CRM Tracked", "Red"});
    const auto& written = std::get<Written>(answers.at(0));
    if (written.version && !in_doubt("touch_after_write"))
        CHECK(*written.version == *inbox.items().at(id).version);
    CHECK(stage.bodies_asked() == 0);
}

CONFORMANCE_CASE(
    "a write at an old version is in conflict and changes nothing; one to a gone item says so")
{
    const std::string id = stage.put({});
    const std::string gone = stage.put({});
    const std::string fine = stage.put({});
    const CategoryWrite stale = write(stage, id, {"CRM Tracked"});
    const CategoryWrite lost = write(stage, gone, {"CRM Tracked"});
    const CategoryWrite good = write(stage, fine, {"CRM Tracked"});
    stage.set_categories(id, {"Urgent"});
    stage.erase(gone);

    const auto answers = stage.go(stage.connector().write_categories({stale, lost, good}));

    if (!in_doubt("ignore_if_match")) { // it goes through then, and nobody says so
        CHECK(std::holds_alternative<Conflict>(answers.at(0)));
        CHECK(stage.categories(id) == std::vector<std::string>{"Urgent"});
    }
    CHECK(std::holds_alternative<Gone>(answers.at(1)));
    CHECK(std::holds_alternative<Written>(answers.at(2)));
    CHECK(stage.categories(fine) == std::vector<std::string>{"CRM Tracked"});
}

CONFORMANCE_CASE("a conflict without a reason is a conflict, and the repeat goes through")
{
    const std::string id = stage.put({});
    stage.conflict_next(1);
    const CategoryWrite wanted = write(stage, id, {"CRM Tracked"});

    CHECK(std::holds_alternative<Conflict>(
        stage.go(stage.connector().write_categories({wanted})).at(0)));
    CHECK(std::holds_alternative<Written>(
        stage.go(stage.connector().write_categories({wanted})).at(0)));
}

CONFORMANCE_CASE("whole messages that come back from a write do no harm")
{
    stage.be_contrary();
    std::vector<CategoryWrite> writes;
    std::vector<std::string> ids;
    for (int i = 0; i < 25; ++i) {
        ids.push_back(stage.put({.subject = "responses\": [ } " + std::to_string(i)}));
        writes.push_back(write(stage, ids.back(), {"CRM Tracked"}));
    }

    const auto answers = stage.go(stage.connector().write_categories(writes));

    for (std::size_t i = 0; i < ids.size(); ++i) {
        CHECK(std::holds_alternative<Written>(answers.at(i)));
        CHECK(stage.categories(ids[i]) == std::vector<std::string>{"CRM Tracked"});
    }
}

CONFORMANCE_CASE("categories are added to the master list once, whatever their case")
{
    const auto before = stage.master_categories().size();

    stage.go(stage.connector().add_master_categories({{"CRM Track", 7}, {"CRM Tracked", 4}}));
    stage.go(stage.connector().add_master_categories({{"crm track", 7}, {"CRM Review", 1}}));

    CHECK(stage.master_categories().size() == before + 3);
    const auto listed = stage.go(stage.connector().master_categories());
    const auto at = std::find_if(listed.begin(), listed.end(),
                                 [](const MasterCategory& c) { return c.name == "CRM Track"; });
    REQUIRE(at != listed.end());
    CHECK(at->color == 7);
}

CONFORMANCE_CASE("the mailbox's language is told as a locale")
{
    CHECK(stage.go(stage.connector().language()) == std::optional<std::string>("de-DE"));
}

CONFORMANCE_CASE("throttling is waited out as told")
{
    std::vector<ItemKey> keys;
    for (int i = 0; i < 5; ++i)
        keys.push_back({Stage::mailbox, stage.put({})});
    stage.throttle_next(2, std::chrono::seconds(4));
    const Timestamp before = stage.now();

    const auto items = stage.go(stage.connector().look_up(keys));

    for (const auto& item : items)
        CHECK(item);
    CHECK(stage.now() - before >= std::chrono::seconds(8));
}

CONFORMANCE_CASE("a pause longer than a call may wait is handed on with its length")
{
    stage.throttle_next(1, std::chrono::minutes(5));

    const Failure failure = failure_of([&] { stage.go(stage.connector().master_categories()); });

    CHECK(failure.reaction() == Reaction::wait);
    REQUIRE(failure.advice());
    CHECK(*failure.advice() >= std::chrono::minutes(5));
}

CONFORMANCE_CASE("a token that is refused once is replaced without anybody noticing")
{
    const std::string id = stage.put({});
    stage.go(stage.connector().master_categories());
    stage.refuse_token_next(1);

    CHECK(stage.go(stage.connector().look_up({{Stage::mailbox, id}})).at(0));
}

CONFORMANCE_CASE("the provider's limits are kept: many calls at once are never too many")
{
    std::vector<ItemKey> keys;
    for (int i = 0; i < 60; ++i)
        keys.push_back({Stage::mailbox, stage.put({})});
    struct Both {
        static boost::asio::awaitable<void> singles(Connector& connector, int& left)
        {
            co_await connector.master_categories();
            --left;
        }
        static boost::asio::awaitable<void> batches(Connector& connector, std::vector<ItemKey> all,
                                                    int& left)
        {
            co_await connector.look_up(std::move(all));
            --left;
        }
    };
    int left = 0;
    std::vector<boost::asio::awaitable<void>> calls;
    for (int i = 0; i < 12; ++i, ++left)
        calls.push_back(i % 4 ? Both::singles(stage.connector(), left)
                              : Both::batches(stage.connector(), keys, left));

    stage.go_all(std::move(calls));

    CHECK(left == 0);
    CHECK(stage.most_at_once() <= 4);
    CHECK(stage.throttled() == 0);
}

CONFORMANCE_CASE("probing passes every step with all permissions and changes nothing")
{
    const std::string id = stage.put({.categories = {"Red"}});
    const auto before = stage.go(stage.connector().look_up({{Stage::mailbox, id}}));
    const auto master = stage.master_categories();

    for (const ProbeResult& result : stage.go(stage.connector().probe())) {
        INFO(result.step << ": " << result.detail);
        CHECK(result.passed);
    }

    const auto after = stage.go(stage.connector().look_up({{Stage::mailbox, id}}));
    if (in_doubt("ignore_if_match")) // the same is written over what is there
        CHECK(before[0]->categories == after[0]->categories);
    else
        CHECK(*before[0] == *after[0]);
    CHECK(stage.master_categories() == master);
    CHECK(stage.bodies_asked() == 0);
}

CONFORMANCE_CASE("probing names the permission that is missing, with mail in the mailbox")
{
    stage.put({.categories = {"Red"}});
    stage.take_away(Permission::write_mail);
    stage.take_away(Permission::categories);

    std::map<std::string, ProbeResult> results;
    for (ProbeResult& result : stage.go(stage.connector().probe()))
        results.emplace(result.step, std::move(result));

    CHECK(results.at("token").passed);
    CHECK(results.at("read mail").passed);
    CHECK_FALSE(results.at("categories").passed);
    CHECK_FALSE(results.at("write").passed);
    CHECK(results.at("write").detail.find("Mail.ReadWrite") != std::string::npos);
}

CONFORMANCE_CASE("probing an empty mailbox names the missing permission")
{
    stage.take_away(Permission::write_mail);
    stage.take_away(Permission::categories);

    std::map<std::string, ProbeResult> results;
    for (ProbeResult& result : stage.go(stage.connector().probe()))
        results.emplace(result.step, std::move(result));

    CHECK(results.at("read mail").passed);
    CHECK_FALSE(results.at("categories").passed);
    CHECK_FALSE(results.at("write").passed);
    CHECK(results.at("write").detail.find("Mail.ReadWrite") != std::string::npos);
}

CONFORMANCE_CASE("without the permission a write is denied and the answer names what is missing")
{
    const std::string id = stage.put({});
    const CategoryWrite wanted = write(stage, id, {"CRM Tracked"});
    stage.take_away(Permission::write_mail);
    stage.forget_token();

    const auto answers = stage.go(stage.connector().write_categories({wanted}));

    const Failure& failure = std::get<Denied>(answers.at(0)).failure;
    CHECK(failure.reaction() == Reaction::reauthorise);
    CHECK(failure.message().find("Mail.ReadWrite") != std::string::npos);
    CHECK(stage.categories(id).empty());
}
