#include "integration/store/stored.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

using namespace crmsync;
using namespace crmsync::test;

namespace {

constexpr int mailboxes_racing = 8;
constexpr int pages_each = 40;
constexpr int messages_each_page = 100;

struct Read {
    int created = 0;
    int repeated = 0; ///< pages that a deadlock made to be stored once more
};

/// One mailbox reads all its pages: the same messages as everybody else, in an order of its own.
boost::asio::awaitable<Read> read_all(pg::Pool& pool, Fence fence, RecordId user,
                                      std::string address, unsigned seed)
{
    auto connection = co_await pool.acquire();
    std::mt19937 random(seed);
    Read read;
    for (int page = 0; page < pages_each; ++page) {
        std::vector<int> order(messages_each_page);
        for (int i = 0; i < messages_each_page; ++i)
            order[static_cast<std::size_t>(i)] = page * messages_each_page + i;
        std::shuffle(order.begin(), order.end(), random);
        Plan plan;
        for (const int message : order) {
            const std::string id = std::to_string(message);
            TrackedItem item = tagged("i" + id, id + "@example.com", user, address,
                                      morning(static_cast<int>(random() % 60)));
            item.body = std::string(200, 'b');
            plan.tracked.push_back(std::move(item));
        }
        const store::Committed committed =
            co_await store::commit(*connection, fence, plan, std::nullopt);
        for (const store::CommittedItem& item : committed.tracked)
            read.created += item.created ? 1 : 0;
        read.repeated += committed.attempts - 1;
    }
    co_return read;
}

} // namespace

TEST_CASE("eight mailboxes with the same messages store each once and never deadlock")
{
    Stored stored;
    std::vector<std::shared_ptr<Arrival<Read>>> readers;
    for (unsigned i = 0; i < mailboxes_racing; ++i) {
        const std::string address = "m" + std::to_string(i) + "@contoso.example";
        const Fence fence = stored.leased(address);
        readers.push_back(
            start(stored.io, read_all(stored.pool, fence, stored.user(address), address, i)));
    }
    const auto all_here = [&] {
        return std::all_of(readers.begin(), readers.end(), [](const auto& r) { return r->here; });
    };
    while (!all_here()) {
        if (stored.io.stopped())
            stored.io.restart();
        REQUIRE(stored.io.run_one_for(std::chrono::seconds(120)) > 0);
    }
    int created = 0, repeated = 0;
    for (const auto& reader : readers) {
        const Read read = reader->take(); // a deadlock that was not mended is thrown here
        created += read.created;
        repeated += read.repeated;
    }

    constexpr std::int64_t messages = pages_each * messages_each_page;
    CHECK(created == messages);
    CHECK(repeated == 0);
    CHECK(stored.number("SELECT count(*) FROM store.activity_identity") == messages);
    CHECK(stored.number("SELECT count(*) FROM store.activity") == messages);
    CHECK(stored.number("SELECT count(*) FROM sync.link") == messages * mailboxes_racing);
    CHECK(stored.number("SELECT count(*) FROM (SELECT FROM sync.link GROUP BY activity_id "
                        "HAVING count(DISTINCT mailbox_id) = 8) AS whole") == messages);
    // From, and the To of each of the eight copies.
    CHECK(stored.number("SELECT count(*) FROM store.activity_party") ==
          messages * (1 + mailboxes_racing));
    // Whoever was processed first: the earliest tag owns, then the smaller address.
    CHECK(stored.number(R"(
        SELECT count(*) FROM store.activity AS a
          JOIN LATERAL (SELECT m.address, l.tagged_at FROM sync.link AS l JOIN sync.mailbox AS m ON m.id = l.mailbox_id
                         WHERE l.activity_id = a.id ORDER BY l.tagged_at, m.address LIMIT 1) AS best ON true
         WHERE (a.owner_address, a.owned_at) IS DISTINCT FROM (best.address, best.tagged_at))") ==
          0);
}
