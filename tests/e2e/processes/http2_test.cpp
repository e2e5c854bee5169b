#include "e2e/processes/first_load.hpp"
#include "e2e/processes/http2_front.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <csignal>
#include <set>

using namespace crmsync::test;

namespace {

constexpr int messages = 300;
const std::string ann = "ann@contoso.example";

/// That the program really speaks HTTP/2 is what is tested: nothing else may have been spoken.
void check_all_was_http2(const Http2Front& front)
{
    int tokens = 0, pages = 0, batches = 0;
    for (const Http2Front::Served& one : front.served()) {
        CAPTURE(one.method, one.path, one.status);
        CHECK(one.protocol == "h2");
        CHECK(one.tls.starts_with("TLSv1."));
        tokens += one.path.ends_with("/oauth2/v2.0/token") ? 1 : 0;
        pages += one.path.ends_with("/messages/delta") ? 1 : 0;
        batches += one.path.ends_with("/$batch") ? 1 : 0;
    }
    CHECK(tokens > 0);
    CHECK(pages > 0);
    CHECK(batches > 0);
}

std::set<std::string> connections(const Http2Front& front)
{
    std::set<std::string> all;
    for (const Http2Front::Served& one : front.served())
        all.insert(one.connection);
    return all;
}

void seed(Stage& stage)
{
    stage.mailbox(ann);
    stage.sim("seed", {{"mailboxes", {ann}}, {"count", messages}, {"tagged", 1.0}});
}

/// A batch is under way, and some of the load is stored.
void stop_in_the_middle(Stage& stage)
{
    stop_at_a_batch(stage, [&] { return stage.number("SELECT count(*) FROM crm.activity") >= 60; });
    REQUIRE(stage.number("SELECT count(*) FROM sync.link") < messages);
}

void check_the_whole_load(Stage& stage, const Http2Front& front)
{
    stage.wait_for("the whole load", [&] { return all_done(stage, {ann}, messages); });
    // What is tagged is answered before the folders are read.
    stage.wait_for("a pass", [&] {
        return stage.number("SELECT count(*) FROM sync.mailbox WHERE last_pass_at IS NOT NULL") > 0;
    });
    check_nothing_doubled(stage, messages);
    check_all_was_http2(front);
}

} // namespace

TEST_CASE("the line works over HTTP/2, on few connections")
{
    if (Http2Front::is_missing())
        return;
    Stage stage;
    Http2Front front(stage);
    seed(stage);
    const std::unique_ptr<Child> daemon = stage.serve();
    check_the_whole_load(stage, front);

    const std::string id = stage.deliver(ann, {{"subject", "Offer"}, {"body", "As agreed."}});
    stage.sim("tag", {{"mailbox", ann}, {"id", id}, {"category", "CRM Track"}});
    stage.wait_for("the answer", [&] { return stage.categories(ann, "Offer") == "CRM Tracked"; });
    CHECK_THAT(stage.text("SELECT body FROM crm.activity WHERE subject = 'Offer'"),
               Catch::Contains("As agreed."));
    stage.sim("untag", {{"mailbox", ann}, {"id", id}, {"category", "CRM Tracked"}});
    stage.wait_for("the copy to go", [&] {
        return stage.number("SELECT count(*) FROM crm.activity WHERE subject = 'Offer' AND "
                            "deleted_at IS NULL") == 0;
    });

    check_all_was_http2(front);
    CHECK(connections(front).size() < front.served().size() / 4);
    daemon->signal(SIGTERM);
    CHECK(daemon->wait().code == 0);
}

TEST_CASE("a GOAWAY in the middle of the load costs nothing, not even a failure")
{
    if (Http2Front::is_missing())
        return;
    Stage stage;
    Http2Front front(stage);
    seed(stage);
    const std::unique_ptr<Child> daemon = stage.serve();
    stop_in_the_middle(stage);
    const std::set<std::string> before = connections(front);
    REQUIRE_FALSE(before.empty());
    front.renew_worker();
    let_batches_pass(stage);

    check_the_whole_load(stage, front);
    stage.wait_for("answers on another connection",
                   [&] { return connections(front).size() > before.size(); });
    CHECK(stage.text("SELECT last_failure FROM sync.mailbox") == "(null)");
    daemon->signal(SIGTERM);
    const Outcome end = daemon->wait();
    CAPTURE(end.err);
    CHECK(end.code == 0);
    CHECK(end.err.find("net.") == std::string::npos);
}

TEST_CASE("a provider that goes away in the middle and comes back is gone on with")
{
    if (Http2Front::is_missing())
        return;
    Stage stage;
    Http2Front front(stage);
    seed(stage);
    const std::unique_ptr<Child> daemon = stage.serve();
    stop_in_the_middle(stage);

    SECTION("having ended what it had begun")
    {
        front.begin_to_end();
        let_batches_pass(stage);
        front.wait_until_ended();
    }
    SECTION("cutting every connection")
    {
        front.kill();
        let_batches_pass(stage);
    }
    front.start();
    check_the_whole_load(stage, front);
    daemon->signal(SIGTERM);
    CHECK(daemon->wait().code == 0);
}
