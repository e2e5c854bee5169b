#include "base/failure.hpp"
#include "e2e/processes/first_load.hpp"
#include "e2e/processes/private_postgres.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <csignal>

using namespace crmsync;
using namespace crmsync::test;

namespace {

constexpr int messages = 300;
const std::vector<std::string> mailboxes{"ann@contoso.example", "bob@contoso.example"};

/// One of its sessions dies: the server throws out all others, forgets what is not on the disk, and
/// comes back from its log.
void crash(Stage& stage)
{
    const auto session = static_cast<pid_t>(
        stage.number("SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                     " AND pid <> pg_backend_pid() LIMIT 1"));
    REQUIRE(session > 1);
    REQUIRE(::kill(session, SIGKILL) == 0);
    stage.wait_for("PostgreSQL after its crash", [&] {
        try {
            return stage.number("SELECT count(*) FROM pg_stat_activity WHERE pid = " +
                                std::to_string(session)) == 0;
        } catch (const Failure&) {
            return false; // it throws us out, or is not back yet
        }
    });
}

} // namespace

TEST_CASE(
    "a crash of PostgreSQL loses nothing and doubles nothing, though some commits do not wait")
{
    const PrivatePostgres postgres;
    Stage stage;
    // Those commits are lost in each crash, unless one that waits came after them.
    stage.execute("ALTER SYSTEM SET wal_writer_delay = '10s'");
    stage.number("SELECT count(pg_reload_conf())");
    for (const std::string& mailbox : mailboxes)
        stage.mailbox(mailbox);
    stage.sim("seed", {{"mailboxes", json::value_from(mailboxes)},
                       {"count", messages},
                       {"copies", 2},
                       {"tagged", 1.0}});
    const std::unique_ptr<Child> daemon = stage.serve();
    for (const int done : {1, messages / 2, messages, 2 * messages}) {
        stage.wait_for("some of the answers", [&] {
            return stage.number("SELECT count(*) FROM sync.write_back WHERE state = 'done'") >=
                   done;
        });
        crash(stage);
    }
    stage.wait_for("the whole load", [&] { return all_done(stage, mailboxes, 2 * messages); });
    check_nothing_doubled(stage, messages);
    CHECK_FALSE(daemon->ended());
}
