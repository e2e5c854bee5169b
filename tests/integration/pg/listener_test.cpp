#include "integration/pg/opened.hpp"
#include "pg/listener.hpp"
#include "support/manual_clock.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;
using namespace std::chrono_literals;

namespace {

struct Listening {
    explicit Listening(const TempDatabase& db, std::string channel = "mailbox_due")
    {
        options.url = db.url();
        options.purpose = "listen";
        listener.emplace(io.get_executor(), clock, options, std::move(channel),
                         [this](std::string payload) { heard.push_back(std::move(payload)); });
        running = start(io, listener->run());
    }

    /// Until `done`; what the listener waits for is a server or the clock, never real time.
    template <class Done>
    void until(Done done)
    {
        for (int i = 0; i < 100'000 && !done(); ++i)
            if (io.run_one_for(10s) == 0)
                throw std::runtime_error("nothing happens any more");
    }

    /// The server process that listens, once there is one; 0 before.
    static int process(Opened& other)
    {
        const auto found =
            other.query("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND "
                        "application_name LIKE 'crmsync listen %' AND query LIKE 'LISTEN%' "
                        "AND state = 'idle'");
        return found.empty() ? 0 : found.get<int>(0, 0);
    }
    int wait_for_process(Opened& other)
    {
        int found = 0;
        until([&] {
            io.poll();
            return (found = process(other)) != 0;
        });
        return found;
    }

    ManualClock clock{Timestamp{}};
    boost::asio::io_context io;
    pg::ConnectionOptions options;
    std::vector<std::string> heard;
    std::optional<pg::Listener> listener;
    std::shared_ptr<Arrival<void>> running;
};

} // namespace

TEST_CASE("a listener hears what others notify, in order")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Listening on(db);
    Opened other(db.url());
    on.wait_for_process(other);
    other.query("SELECT pg_notify('mailbox_due', n::text) FROM generate_series(1, 3) AS n");
    other.query("NOTIFY another_channel, 'x'");
    other.query("NOTIFY mailbox_due");
    on.until([&] { return on.heard.size() >= 4; });
    CHECK(on.heard == std::vector<std::string>{"1", "2", "3", ""});
}

TEST_CASE("a channel's name may hold anything")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Listening on(db, "Ann's \"own\"; channel");
    Opened other(db.url());
    on.wait_for_process(other);
    other.query("SELECT pg_notify($1, 'x')", params("Ann's \"own\"; channel"));
    on.until([&] { return !on.heard.empty(); });
    CHECK(on.heard.front() == "x");
}

TEST_CASE("a listener that was cut off connects again and says that it may have missed something")
{
    const TempDatabase db(TempDatabase::Schema::empty);
    Listening on(db);
    Opened other(db.url());
    const int first = on.wait_for_process(other);
    CHECK(on.heard.empty());
    other.query("SELECT pg_terminate_backend($1::int, 30000)", params(first));
    on.until([&] { return on.clock.sleepers() == 1; });
    CHECK(on.heard.empty());
    on.clock.advance_by(1s);
    on.until([&] { return !on.heard.empty(); });
    CHECK(on.heard == std::vector<std::string>{""});
    other.query("NOTIFY mailbox_due, 'after'");
    on.until([&] { return on.heard.size() >= 2; });
    CHECK(on.heard.back() == "after");
}

TEST_CASE("a listener waits for a database that is not there yet")
{
    std::optional<TempDatabase> db(std::in_place, TempDatabase::Schema::empty);
    Opened administrator(database_url("postgres"));
    administrator.query("ALTER DATABASE " + db->name() + " ALLOW_CONNECTIONS false");
    Listening on(*db);
    for (int i = 0; i < 3; ++i) {
        on.until([&] { return on.clock.sleepers() == 1; });
        on.clock.advance_by(1min);
        on.until([&] { return on.clock.sleepers() == 0; });
    }
    on.until([&] { return on.clock.sleepers() == 1; });
    administrator.query("ALTER DATABASE " + db->name() + " ALLOW_CONNECTIONS true");
    on.clock.advance_by(1min);
    on.until([&] { return !on.heard.empty(); });
    CHECK(on.heard == std::vector<std::string>{""});
}
