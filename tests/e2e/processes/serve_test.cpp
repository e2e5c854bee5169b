#include "e2e/processes/local_http.hpp"
#include "e2e/processes/stage.hpp"
#include "programs.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <csignal>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace crmsync::test;

namespace {

const std::string ann = "ann@contoso.example";

} // namespace

TEST_CASE("a tagged message is stored and the category answers")
{
    Stage stage;
    stage.mailbox(ann);
    const std::unique_ptr<Child> daemon = stage.serve();
    stage.wait_for("the first pass", [&] {
        return stage.number("SELECT count(*) FROM sync.mailbox WHERE last_pass_at IS NOT NULL") ==
               1;
    });
    const std::string id = stage.deliver(
        ann,
        {{"subject", "Offer"}, {"body", "As agreed."}, {"message_id", "<offer@customer.example>"}});
    stage.sim("tag", {{"mailbox", ann}, {"id", id}, {"category", "CRM Track"}});
    stage.sim("tag", {{"mailbox", ann}, {"id", id}, {"category", "Travel"}});
    stage.wait_for("the answer",
                   [&] { return stage.categories(ann, "Offer") == "CRM Tracked,Travel"; });
    const std::string activity = stage.text("SELECT id::text FROM crm.activity");
    CHECK(stage.text("SELECT subject FROM crm.activity") == "Offer");
    CHECK_THAT(stage.text("SELECT body FROM crm.activity"), Catch::Contains("As agreed."));

    const json::value shown =
        json::parse(stage.crmsync({"activity", "show", activity, "--json"}).out);
    CHECK(shown.at("subject").as_string() == "Offer");
    CHECK(shown.at("links").as_array().size() == 1);
    CHECK_THAT(stage.crmsync({"activity", "show", activity}).out,
               Catch::Contains("kim@customer.example"));
    const Outcome why = stage.crmsync({"explain", ann, "<offer@customer.example>"});
    CHECK(why.code == 0);
    CHECK_THAT(why.out, Catch::Contains("tracked"));
    const json::value explained =
        json::parse(stage.crmsync({"explain", ann, "offer@customer.example", "--json"}).out);
    CHECK(explained.at("stored").at(0).at("outcome").as_string() == "tracked");
    const Outcome unknown = stage.crmsync({"explain", ann, "<other@customer.example>"});
    CHECK(unknown.code == 1);

    // Nothing private in the log.
    daemon->signal(SIGTERM);
    const Outcome end = daemon->wait();
    CHECK(end.code == 0);
    for (const char* secret :
         {"Offer", "As agreed", "customer.example", "Travel", "simulator-secret"})
        CHECK(end.err.find(secret) == std::string::npos);
}

TEST_CASE("SIGTERM ends the service within five seconds and gives the leases back")
{
    Stage stage;
    stage.mailbox(ann);
    stage.sim("seed", {{"mailboxes", {ann}}, {"count", 400}, {"tagged", 1.0}});
    const std::unique_ptr<Child> daemon = stage.serve();
    stage.wait_for("work under way",
                   [&] { return stage.number("SELECT count(*) FROM crm.activity") > 0; });
    const auto asked = std::chrono::steady_clock::now();
    daemon->signal(SIGTERM);
    const Outcome end = daemon->wait();
    CAPTURE(end.err);
    CHECK(end.code == 0);
    CHECK(std::chrono::steady_clock::now() - asked < std::chrono::seconds(5));
    CHECK(stage.number("SELECT count(*) FROM sync.lease WHERE holder IS NOT NULL") == 0);
    CHECK(stage.number("SELECT count(*) FROM sync.daemon") == 0);
}

TEST_CASE("the debug log is switched on by the environment, for all or for some areas")
{
    Stage stage;
    stage.mailbox(ann);
    const Outcome quiet = stage.crmsync({"mailbox", "list"});
    CHECK(quiet.err.empty());
    const Outcome some = stage.crmsync({"mailbox", "list"}, {{"CRMSYNC_LOG", "sql=debug"}});
    CHECK(some.code == 0);
    CHECK_THAT(some.err, Catch::Contains(" debug sql "));
    const Outcome wrong = stage.crmsync({"serve"}, {{"CRMSYNC_LOG", "loud"}});
    CHECK(wrong.code == 2);
    CHECK_THAT(wrong.err, Catch::Contains("CRMSYNC_LOG") && Catch::Contains("they are error"));
}

TEST_CASE("a name that nobody answers for does not keep a service from stopping")
{
    Stage stage;
    SECTION("the database's") { stage.config.database_url = "postgresql://pg.hanging.example/crm"; }
    SECTION("the provider's")
    {
        stage.config.more = R"([[provider]]
name = "far"
kind = "graph"
tenant_id = "contoso.example"
client_id = "535fb089-9ff3-47b6-9bfb-4f1264799865"
client_secret_file = "secret"
authority_url = "https://login.hanging.example"
)";
        REQUIRE(stage.crmsync({"mailbox", "add", ann, "--provider", "far"}).code == 0);
        REQUIRE(stage.crmsync({"mailbox", "enable", ann}).code == 0);
    }
    const std::unique_ptr<Child> daemon =
        stage.start({"serve"}, {{"LD_PRELOAD", hanging_lookup_library}});
    stage.wait_for("the look-up",
                   [&] { return daemon->err().find("looking up") != std::string::npos; });
    const auto asked = std::chrono::steady_clock::now();
    daemon->signal(SIGTERM);
    const Outcome end = daemon->wait();
    CAPTURE(end.err);
    CHECK(end.code == 0);
    CHECK(std::chrono::steady_clock::now() - asked < std::chrono::seconds(5));
    CHECK_THAT(end.err, Catch::Contains("did not end in time"));
}

TEST_CASE("health, readiness and metrics answer, other paths do not")
{
    Stage stage;
    stage.mailbox(ann);
    const std::unique_ptr<Child> daemon = stage.serve();
    CHECK(local_http(stage.config.port, "GET", "/healthz").status == 200);
    CHECK(local_http(stage.config.port, "GET", "/nothing").status == 404);
    stage.wait_for("a turn in the metrics", [&] {
        const HttpAnswer metrics = local_http(stage.config.port, "GET", "/metrics");
        return metrics.status == 200 &&
               metrics.body.find("crmsync_leases_held 1") != std::string::npos;
    });
}

TEST_CASE("systemd is told when the service is ready and when it stops")
{
    Stage stage;
    const std::string path = (stage.folder() / "notify").string();
    const int listening = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    REQUIRE(listening >= 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    REQUIRE(path.size() < sizeof address.sun_path);
    path.copy(address.sun_path, path.size());
    REQUIRE(bind(listening, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    std::string told;
    const auto hears = [&](const char* state) {
        return [&, state] {
            char piece[256];
            const ssize_t size = recv(listening, piece, sizeof piece, 0);
            if (size > 0)
                told.append(piece, static_cast<std::size_t>(size)) += '\n';
            return told.find(state) != std::string::npos;
        };
    };
    const std::unique_ptr<Child> daemon =
        stage.serve({{"NOTIFY_SOCKET", path}, {"WATCHDOG_USEC", "2000000"}});
    stage.wait_for("READY=1", hears("READY=1"));
    stage.wait_for("WATCHDOG=1", hears("WATCHDOG=1"));
    daemon->signal(SIGTERM);
    stage.wait_for("STOPPING=1", hears("STOPPING=1"));
    CHECK(daemon->wait().code == 0);
    close(listening);
}

TEST_CASE("SIGHUP takes new policy over, names what needs a restart, and survives a broken file")
{
    Stage stage;
    stage.mailbox(ann);
    const std::unique_ptr<Child> daemon = stage.serve();
    const auto logged = [&](std::string_view text) {
        return [&, text] { return daemon->err().find(text) != std::string::npos; };
    };
    const auto reload = [&](const std::string& text) {
        write_text(stage.config_path(), text);
        daemon->signal(SIGHUP);
    };
    const std::string good = read_text(stage.config_path());
    const auto track = [&](const std::string& subject, const char* tag) {
        const std::string id = stage.deliver(ann, {{"subject", subject}});
        stage.sim("tag", {{"mailbox", ann}, {"id", id}, {"category", tag}});
    };

    reload("[tracking]\ntrack_category = 5\nnonsense = 1\n");
    stage.wait_for("the broken file in the log", logged("could not be read again"));
    CHECK_THAT(daemon->err(), Catch::Contains("track_category"));
    track("Still", "CRM Track");
    stage.wait_for("the old policy at work",
                   [&] { return stage.categories(ann, "Still") == "CRM Tracked"; });

    stage.config.tracking = "own_domains = [\"contoso.example\"]\ntrack_category = \"CRM Bitte\"";
    stage.config.poll_interval = "2s";
    stage.write_config();
    daemon->signal(SIGHUP);
    stage.wait_for("the key in the log", logged("sync.poll_interval"));
    stage.wait_for("the new file in the log", logged("configuration read again"));
    track("Bitte", "CRM Bitte");
    stage.wait_for("the new policy at work",
                   [&] { return stage.categories(ann, "Bitte") == "CRM Tracked"; });
    CHECK(stage.number("SELECT count(*) FROM crm.activity") == 2);
    daemon->signal(SIGTERM);
    CHECK(daemon->wait().code == 0);
}

TEST_CASE("a service whose port is taken says so in one line and ends with 1")
{
    Stage stage;
    const std::unique_ptr<Child> first = stage.serve();
    const Outcome second = stage.crmsync({"serve"});
    CAPTURE(second.err);
    CHECK(second.code == 1);
    CHECK(std::count(second.err.begin(), second.err.end(), '\n') == 1);
    CHECK_THAT(second.err, Catch::Contains("http.listen") &&
                               Catch::Contains(std::to_string(stage.config.port)));
    CHECK(local_http(stage.config.port, "GET", "/readyz").status == 200);
}
