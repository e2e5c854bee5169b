#include "connector/graph/graph_calls.hpp"
#include "connector/graph/graph_metrics.hpp"
#include "graph_stage.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <utility>

using namespace crmsync;
using namespace crmsync::graph;
using namespace crmsync::test;

namespace {

const MailboxId mailbox(7);

std::vector<ItemKey> keys(std::initializer_list<std::string> ids)
{
    std::vector<ItemKey> found;
    for (const std::string& id : ids)
        found.push_back({mailbox, id});
    return found;
}

std::string id_in(const boost::json::object& part)
{
    const std::string url = word(part, "url");
    const std::size_t start = url.find("/messages/") + 10;
    return url.substr(start, url.find_first_of("?/", start) - start);
}

PartReply message_reply(const boost::json::object& part)
{
    return {200, R"({"id": ")" + id_in(part) + R"(", "changeKey": "K", "subject": "s"})"};
}

Answer categories_answer(const Received&)
{
    return json_answer(200, R"({"value": [{"displayName": "Red category", "color": "preset0"}]})");
}

} // namespace

TEST_CASE("a throttled request is repeated once the time it was told has passed")
{
    int asked = 0;
    GraphStage stage([&](const Received& r) {
        if (++asked == 1)
            return json_answer(429, error_body("TooManyRequests"), {{"Retry-After", "2.128"}});
        return categories_answer(r);
    });
    const Timestamp before = stage.now();

    const auto categories = stage.go(stage.connector.master_categories());

    CHECK(categories.size() == 1);
    CHECK(asked == 2);
    CHECK(stage.now() - before >= std::chrono::milliseconds(2128));
    CHECK(stage.counted(metric::requests, {{"purpose", "categories"}}) == 2);
}

TEST_CASE("without Retry-After the pauses grow")
{
    std::vector<Timestamp> times;
    GraphStage* at = nullptr;
    GraphStage stage([&](const Received& r) {
        times.push_back(at->now());
        return times.size() < 4 ? json_answer(429, "") : categories_answer(r);
    });
    at = &stage;

    stage.go(stage.connector.master_categories());

    REQUIRE(times.size() == 4);
    CHECK(times[1] - times[0] >= std::chrono::milliseconds(500));
    CHECK(times[3] - times[2] >= std::chrono::milliseconds(2000));
}

TEST_CASE("a pause that is too long is handed on, and nothing is sent before it is over")
{
    int asked = 0;
    GraphStage stage([&](const Received&) {
        ++asked;
        return json_answer(429, error_body("ApplicationThrottled"), {{"Retry-After", "184"}});
    });

    for (int i = 0; i < 2; ++i) {
        try {
            stage.go(stage.connector.master_categories());
            FAIL("went through");
        } catch (const Failure& failure) {
            CHECK(failure.name() == "graph.throttled");
            CHECK(failure.reaction() == Reaction::wait);
            REQUIRE(failure.advice());
            CHECK(*failure.advice() >= std::chrono::seconds(184));
        }
    }
    CHECK(asked == 1);
}

TEST_CASE("a refused token is replaced once and the request repeated")
{
    GraphStage stage([&](const Received& r) {
        if (header_value(r.headers, "Authorization") == "Bearer token1")
            return json_answer(401, error_body("InvalidAuthenticationToken"));
        return categories_answer(r);
    });

    CHECK(stage.go(stage.connector.master_categories()).size() == 1);
    CHECK(stage.tokens() == 2);
    CHECK(stage.requests().size() == 2);
}

TEST_CASE("a token that is refused again is an outage and not a lost permission")
{
    GraphStage stage([](const Received&) { return json_answer(401, ""); });

    try {
        stage.go(stage.connector.master_categories());
        FAIL("went through");
    } catch (const Failure& failure) {
        CHECK(failure.name() == "graph.token_not_accepted");
        CHECK(failure.reaction() == Reaction::retry);
    }
    CHECK(stage.requests().size() == 2);
}

TEST_CASE("every request asks for immutable ids and can be traced")
{
    GraphStage stage([](const Received& r) { return categories_answer(r); });

    stage.go(stage.connector.master_categories());
    stage.go(stage.connector.master_categories());

    std::set<std::string> ids;
    for (const Received& request : stage.requests()) {
        CHECK(header_value(request.headers, "Prefer").find(R"(IdType="ImmutableId")") !=
              std::string::npos);
        ids.insert(header_value(request.headers, "client-request-id"));
    }
    CHECK(ids.size() == 2);
    CHECK(parse_uuid(*ids.begin()));
}

TEST_CASE("only the parts that failed are repeated, after the longest of their pauses")
{
    std::vector<std::vector<std::string>> rounds;
    GraphStage stage([&](const Received& request) {
        rounds.emplace_back();
        return batch_answer(request, [&](const boost::json::object& part) -> PartReply {
            const std::string id = id_in(part);
            rounds.back().push_back(id);
            if (rounds.size() == 1 && id == "B")
                return {429, error_body("ApplicationThrottled"), R"({"Retry-After": "3"})"};
            if (rounds.size() == 1 && id == "D")
                return {503, "null", R"({"retry-after": "10"})"};
            return message_reply(part);
        });
    });
    const Timestamp before = stage.now();

    const auto items = stage.go(stage.connector.look_up(keys({"A", "B", "C", "D"})));

    REQUIRE(rounds.size() == 2);
    CHECK(rounds[1] == std::vector<std::string>{"B", "D"});
    CHECK(stage.now() - before >= std::chrono::seconds(10));
    for (const auto& item : items)
        CHECK(item);
    CHECK(items[1]->key.id == "B");
    CHECK(stage.counted(metric::requests, {{"purpose", "look_up"}}) == 2);
    CHECK(stage.counted(metric::batch_parts, {{"purpose", "look_up"}}) == 6);
}

TEST_CASE("a part whose answer is missing is asked again")
{
    int rounds = 0;
    GraphStage stage([&](const Received& request) {
        ++rounds;
        return batch_answer(request, [&](const boost::json::object& part) -> PartReply {
            if (rounds == 1 && id_in(part) == "B")
                return {0};
            return message_reply(part);
        });
    });

    const auto items = stage.go(stage.connector.look_up(keys({"A", "B"})));

    CHECK(rounds == 2);
    CHECK(items[1]);
}

TEST_CASE("a part whose token was refused is asked again with another one")
{
    GraphStage stage([&](const Received& request) {
        const bool first = header_value(request.headers, "Authorization") == "Bearer token1";
        return batch_answer(request, [&](const boost::json::object& part) -> PartReply {
            if (first && id_in(part) == "A")
                return {401, error_body("InvalidAuthenticationToken")};
            return message_reply(part);
        });
    });

    CHECK(stage.go(stage.connector.look_up(keys({"A", "B"})))[0]);
    CHECK(stage.tokens() == 2);
}

TEST_CASE("45 parts go in batches of twenty, one after the other")
{
    std::vector<std::size_t> sizes;
    GraphStage stage([&](const Received& request) {
        sizes.push_back(parts_of(request).size());
        return batch_answer(request, message_reply);
    });
    std::vector<ItemKey> many;
    for (int i = 0; i < 45; ++i)
        many.push_back({mailbox, "M" + std::to_string(i)});

    const auto items = stage.go(stage.connector.look_up(many));

    CHECK(sizes == std::vector<std::size_t>{20, 20, 5});
    for (int i = 0; i < 45; ++i)
        CHECK(items[static_cast<std::size_t>(i)]->key == many[static_cast<std::size_t>(i)]);
}

TEST_CASE("of a hundred parts, half of which are refused each time, all get through in one call")
{
    std::vector<std::size_t> sizes;
    std::set<std::string> refused;
    int asked = 0;
    GraphStage stage([&](const Received& request) {
        sizes.push_back(parts_of(request).size());
        return batch_answer(request, [&](const boost::json::object& part) -> PartReply {
            if (++asked % 2 != 0)
                return message_reply(part);
            refused.insert(id_in(part));
            return {429, error_body("ApplicationThrottled"), R"({"Retry-After": "2"})"};
        });
    });
    std::vector<ItemKey> many;
    for (int i = 0; i < 100; ++i)
        many.push_back({mailbox, "M" + std::to_string(i)});
    const Timestamp before = stage.now();

    const auto items = stage.go(stage.connector.look_up(many));

    for (const auto& item : items)
        CHECK((item && item->unreadable.empty()));
    // Ten get through of each twenty, and what failed goes with what was not sent yet.
    CHECK(sizes.size() <= 14);
    CHECK(stage.now() - before <= std::chrono::seconds(28));
    CHECK(refused.size() >= 50);
}

TEST_CASE("a call whose parts get through one by one ends, and says what is left")
{
    int asked = 0;
    GraphStage stage([&](const Received& request) {
        bool first = true;
        return batch_answer(request, [&](const boost::json::object& part) -> PartReply {
            ++asked;
            if (std::exchange(first, false))
                return message_reply(part);
            return {429, error_body("ApplicationThrottled"), R"({"Retry-After": "3"})"};
        });
    });
    std::vector<ItemKey> many;
    for (int i = 0; i < 100; ++i)
        many.push_back({mailbox, "M" + std::to_string(i)});
    const Timestamp before = stage.now();

    const Failure failure = failure_of([&] { stage.go(stage.connector.look_up(many)); });

    CHECK(failure.reaction() == Reaction::wait);
    CHECK(stage.now() - before <= std::chrono::seconds(30));
    CHECK(asked >= 200);
}

TEST_CASE("a batch that fails as a whole is repeated")
{
    for (const int status : {424, 503, 502}) {
        int asked = 0;
        GraphStage stage([&](const Received& request) {
            if (++asked == 1)
                return json_answer(status, status == 502 ? "<html>" : error_body("Whatever"));
            return batch_answer(request, message_reply);
        });

        INFO(status);
        CHECK(stage.go(stage.connector.look_up(keys({"A"})))[0]);
        CHECK(asked == 2);
    }
}

TEST_CASE("server errors that stay are handed on after a few tries")
{
    int asked = 0;
    GraphStage stage([&](const Received& request) {
        ++asked;
        return batch_answer(request, [&](const boost::json::object& part) -> PartReply {
            if (id_in(part) == "B")
                return {500, error_body("ErrorInternalServerError")};
            return message_reply(part);
        });
    });

    const auto items = stage.go(stage.connector.look_up(keys({"A", "B"})));
    CHECK(items[0]->unreadable.empty());
    CHECK(items[1]->unreadable == "graph.unavailable");
    CHECK(asked == 3);
}

TEST_CASE("an answer that is too large is asked for in halves")
{
    std::vector<std::size_t> sizes;
    GraphStage stage([&](const Received& request) {
        sizes.push_back(parts_of(request).size());
        if (sizes.size() == 1)
            return json_answer(200, std::string((64u << 20) + 1, ' '));
        return batch_answer(request, message_reply);
    });

    const auto items = stage.go(stage.connector.look_up(keys({"A", "B", "C"})));

    CHECK(sizes == std::vector<std::size_t>{3, 2, 1});
    CHECK(items[2]->key.id == "C");
}

TEST_CASE("no more than three requests of a mailbox are under way, and a batch goes alone")
{
    std::shared_ptr<Hold> hold;
    int most = 0;
    GraphStage* at = nullptr;
    GraphStage stage([&](const Received& request) {
        most = std::max(most, at->running());
        if (is_batch(request)) {
            CHECK(at->running() == 1);
            return batch_answer(request, message_reply);
        }
        Answer answer = categories_answer(request);
        answer.hold = hold;
        return answer;
    });
    at = &stage;
    hold = std::make_shared<Hold>();
    stage.go(stage.connector.look_up(keys({"A"}))); // brings the token

    std::vector<std::shared_ptr<Arrival<std::vector<MasterCategory>>>> calls;
    for (int i = 0; i < 5; ++i)
        calls.push_back(start(stage.context(), stage.connector.master_categories()));
    const auto batch = start(stage.context(), stage.connector.look_up(keys({"B"})));
    while (hold->waiting() < 3)
        stage.context().run_one();
    stage.context().poll();
    CHECK(hold->waiting() == 3);
    CHECK(stage.running() == 3);
    hold->open();

    while (!batch->here)
        stage.context().run_one();
    CHECK(batch->take()[0]);
    for (const auto& call : calls) {
        CHECK(call->here);
        CHECK(call->take().size() == 1);
    }
    CHECK(most == 3);
}

TEST_CASE("the provider's clock is told by the Date of its answers, whatever our own shows")
{
    std::string date;
    GraphStage stage([&](const Received&) {
        HeaderLines headers;
        if (!date.empty())
            headers.emplace_back("Date", date);
        return json_answer(200, R"({"value": []})", std::move(headers));
    });
    const auto ahead = [&](const std::string& now_there) {
        date = now_there;
        stage.go(stage.connector.master_categories());
        return stage.connector.by_providers_clock(stage.now()) - stage.now();
    };
    CHECK(stage.now() == *parse_timestamp("2026-03-02T09:00:00Z"));
    CHECK(ahead("") == std::chrono::seconds(0));
    CHECK(ahead("Mon, 02 Mar 2026 09:00:00 GMT") == std::chrono::seconds(0));
    CHECK(ahead("Mon, 02 Mar 2026 09:04:00 GMT") == std::chrono::seconds(240));
    CHECK(ahead("") == std::chrono::seconds(240)); // as it was told last
    CHECK(ahead("yesterday") == std::chrono::seconds(240));
    // Cut to seconds, it may have been as much as 08:57:01 there.
    CHECK(ahead("Mon, 02 Mar 2026 08:57:00 GMT") == -std::chrono::seconds(179));
}

TEST_CASE("how far a clock is ahead is the least that explains its answer")
{
    const Timestamp noon = *parse_timestamp("2026-03-02T12:00:00Z");
    const auto at = [&](int milliseconds) {
        return noon + std::chrono::milliseconds(milliseconds);
    };
    CHECK(clock_ahead(noon, at(-200), at(300)) == std::chrono::seconds(0));
    CHECK(clock_ahead(noon, at(900), at(950)) == std::chrono::seconds(0));     // cut to seconds
    CHECK(clock_ahead(noon, at(-60'000), at(500)) == std::chrono::seconds(0)); // a long answer
    CHECK(clock_ahead(noon, at(-500), at(-400)) == std::chrono::milliseconds(400));
    CHECK(clock_ahead(noon, at(1'500), at(1'600)) == -std::chrono::milliseconds(500));
}
