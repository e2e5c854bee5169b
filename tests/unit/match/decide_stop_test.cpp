#include "match/stop.hpp"
#include "unit/match/situation.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

MessageBuilder stop() { return message().categories({"CRM Stop"}); }

KnownItem in_stopped_thread(KnownItem known = {})
{
    known.stopped = true;
    return known;
}

KnownItem says_stop(KnownItem known = {})
{
    known.says_stop = true;
    return known;
}

/// "set", "taken off" or "nothing new".
std::string reads(const Item& item, const KnownItem& known = {})
{
    const std::optional<bool> stop = decide(item, known).stop;
    return !stop ? "nothing new" : *stop ? "set" : "taken off";
}

} // namespace

TEST_CASE("no rule tracks a message of a stopped thread, whatever the mode")
{
    for (const Mode mode : {Mode::replies, Mode::contacts, Mode::records, Mode::all}) {
        const Item answer = message().in_reply_to("parent@contoso.example");
        const Candidates parent = customers().stored("parent@contoso.example", 1);
        CHECK(decide(answer, {}, parent, here(mode)).outcome == Outcome::tracked);
        CHECK(in_words(decide(answer, in_stopped_thread(), parent, here(mode))) ==
              "ignored stopped");
        CHECK(in_words(decide(stop().in_reply_to("parent@contoso.example"), {}, parent,
                              here(mode))) == "ignored stopped");
    }
    // Where no rule would have tracked it, none says that it did not.
    CHECK(in_words(decide(message(), in_stopped_thread())) == "ignored");
}

TEST_CASE("a person outranks the stop, an inbox rule does not")
{
    const KnownItem seen = in_stopped_thread(known().outcome("ignored"));
    CHECK(in_words(decide(message().categories({"CRM Track"}), seen)) ==
          "tracked hand_tag by person, answers tracked");
    CHECK(in_words(decide(message().categories({"CRM Track", "CRM Stop"}),
                          known().outcome("ignored"))) ==
          "tracked hand_tag by person, answers tracked");
    CHECK(in_words(decide(message().categories({"CRM Track"}), in_stopped_thread())) ==
          "refused stopped, answers refused");
}

TEST_CASE(
    "what others track is not shown in a stopped thread, what was tracked here is found again")
{
    const Candidates stored = customers().stored("own@adventure.example", 1);
    const Item copy = message().message_id("own@adventure.example");
    CHECK(in_words(decide(copy, {}, stored)) == "tracked shared, answers tracked");
    CHECK(in_words(decide(copy, in_stopped_thread(), stored)) == "ignored stopped");
    const Item old = message().message_id("own@adventure.example").categories({"CRM Tracked"});
    CHECK(decide(old, in_stopped_thread(), stored, first_pass()).rule == Rule::identity);
}

TEST_CASE("a linked item stays as it is, with CRM Stop or without")
{
    const Item item = message().categories({"CRM Tracked", "CRM Stop"});
    const Decision decision = decide(item, known().linked());
    CHECK(in_words(decision) == "tracked");
    CHECK(decision.stop == true);
    CHECK(in_words(decide(message().categories({"CRM Tracked"}), says_stop(known().linked()))) ==
          "tracked");
}

TEST_CASE("CRM Stop is read once when it is set and once when it is taken off")
{
    CHECK(reads(stop()) == "set");
    CHECK(reads(stop(), says_stop()) == "nothing new");
    CHECK(reads(message(), says_stop()) == "taken off");
    CHECK(reads(message()) == "nothing new");
    CHECK(reads(message().categories_not_said(), says_stop()) == "nothing new");
    CHECK(reads(message().categories({"crm STOP"})) == "set");
    CHECK(reads(stop().draft()) == "nothing new");
    // It may be what the write that waits takes off.
    CHECK(reads(stop(), known().linked().owed(StateCategory::tracked)) == "nothing new");
}

TEST_CASE("the sender's CRM Stop is none, and of a new message the headers are read first")
{
    CHECK(reads(stop().keywords({"CRM Stop"})) == "nothing new");
    CHECK(in_words(decide(stop().headers_unread())) == "look at headers");
    CHECK(in_words(decide(stop().headers_unread(), known().outcome("ignored"))) == "ignored");
    CHECK(reads(stop().headers_unread(), known().outcome("ignored")) == "set");
    const Item sent = message().categories({"CRM Stop"}).keywords({"CRM Stop"});
    CHECK(in_words(decide(sent, {}, customers(), here(Mode::contacts))) ==
          "tracked exact_address, answers tracked");
}
