#include "e2e/in_process/letters.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Names = std::vector<std::string>;

/// Four hundred answers that are owed at once, since the mailbox was full when they were given; and
/// a provider that asks for a pause of two seconds before each batch.
struct OwedPile {
    OwedPile()
    {
        stage.mailbox(kim);
        stage.start();
        stage.settle();
        sim::Fault full;
        full.method = "PATCH";
        full.path = "/messages/";
        full.status = 507;
        full.code = "ErrorQuotaExceeded";
        full.count = -1;
        stage.script().fail(full);
        for (int i = 0; i < 400; ++i) {
            const std::string name = "m" + std::to_string(i);
            items.push_back(stage.script().put(kim, "inbox", Letter(name).id(name).tagged()));
        }
        stage.settle();
        REQUIRE(stage.number("SELECT count(*) FROM sync.link") == 400);
        stage.graph().faults.clear();
        for (int i = 0; i < 100; ++i) {
            sim::Fault pause;
            pause.method = "POST";
            pause.path = "$batch";
            pause.status = 429;
            pause.code = "TooManyRequests";
            pause.retry_after = "2";
            pause.after = i; // what an earlier one refused does not count
            stage.script().fail(pause);
        }
    }
    int answered()
    {
        return static_cast<int>(std::count_if(items.begin(), items.end(), [&](const auto& item) {
            return stage.categories(item) == Names{"CRM Tracked"};
        }));
    }

    Stage stage;
    std::vector<sim::ItemRef> items;
};

} // namespace

TEST_CASE_METHOD(OwedPile, "new mail is answered while hundreds of older answers are owed")
{
    REQUIRE(stage.until([&] { return answered() > 0; }, std::chrono::hours(6)));
    const auto fresh = stage.script().put(kim, "inbox", Letter("New").id("new").tagged());
    const Timestamp came_at = stage.now();
    REQUIRE(stage.until([&] { return stage.categories(fresh) == Names{"CRM Tracked"}; }));
    CHECK(stage.now() - came_at < std::chrono::seconds(40));
    CHECK(answered() < 400);
    REQUIRE(stage.until([&] { return answered() == 400; }));
}
