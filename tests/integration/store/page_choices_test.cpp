#include "integration/store/two_mailboxes.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace crmsync;
using namespace crmsync::test;

namespace {

/// A message in three mailboxes, each of whose users may say what it is about.
struct Choosers : TwoMailboxes {
    Fence cid = leased("cid@contoso.example");
    RecordId cid_user = user("cid@contoso.example");
    std::map<std::string, RecordId> records{{"A", record("account", "A")},
                                            {"X", record("account", "X")},
                                            {"Y", record("account", "Y")},
                                            {"Z", record("account", "Z")}};
    std::map<char, ActivityId> linked{};

    /// "b10X": bob, in minute 10, X; "a00-" tags without a choice. Its second one is a change.
    void read(const std::string& choice)
    {
        const char who = choice.at(0);
        const int minute = std::stoi(choice.substr(1, 2));
        const std::string about = choice.substr(3);
        const Fence fence = who == 'a' ? ann : who == 'b' ? bob : cid;
        std::optional<RecordId> chosen;
        if (about != "-")
            chosen = records.at(about);
        if (const auto link = linked.find(who); link != linked.end()) {
            Plan plan;
            plan.regardings.push_back(
                {std::string(1, who), link->second, chosen, std::nullopt, morning(minute)});
            commit(fence, plan);
            return;
        }
        TrackedItem item = who == 'a'   ? anns("a", "m@example.com", minute)
                           : who == 'b' ? bobs("b", "m@example.com", minute)
                                        : tagged("c", "m@example.com", cid_user,
                                                 "cid@contoso.example", morning(minute));
        item.regarding = chosen;
        item.regarding_by_person = chosen.has_value();
        item.regarding_strength = chosen ? static_cast<int>(Strength::person) : 0;
        linked.emplace(who, commit(fence, plan_of(item)).tracked[0].activity);
    }
    std::string about()
    {
        return text(
            "SELECT concat_ws(' ', coalesce(r.name, 'nothing'), string_agg(c.name, ' ' ORDER "
            "BY c.name)) FROM store.activity AS a LEFT JOIN store.record AS r ON r.id = "
            "a.regarding_id LEFT JOIN crm.activity_connection AS n ON n.activity_id = a.id "
            "LEFT JOIN store.record AS c ON c.id = n.record_id GROUP BY a.id, r.name");
    }
};

/// Each order in which no mailbox's own words change places.
template <class Play>
void in_every_order(std::vector<std::string> choices, Play play)
{
    std::sort(choices.begin(), choices.end());
    do {
        std::map<char, std::string> latest;
        const bool in_time = std::all_of(choices.begin(), choices.end(), [&](const auto& choice) {
            return std::exchange(latest[choice.front()], choice) <= choice;
        });
        if (in_time)
            play(choices);
    } while (std::next_permutation(choices.begin(), choices.end()));
}

} // namespace

TEST_CASE("what users chose comes out the same whichever mailbox was read first")
{
    struct Case {
        std::vector<std::string> choices;
        std::string about; ///< the regarding, then the connections
    };
    // Ann tagged first and owns it.
    const auto tried = GENERATE(values<Case>({
        {{"a00-", "b10X", "c05Y"}, "Y X"},   // the earlier choice of those who do not
        {{"a00-", "b05X", "c05Y"}, "X Y"},   // in the same moment that of the smaller address
        {{"a00-", "b10X", "c05X"}, "X"},     //
        {{"a00A", "b10X", "c05Y"}, "A X Y"}, // the owner's goes first
        {{"a00-", "a30A", "b10X", "c05Y"}, "A X Y"}, // also when it comes late
        {{"a00X", "b05X", "b30Y"}, "X Y"},           // and is the owner's, whoever chose the same
        {{"a00-", "b10X", "c05Y", "c30Z"}, "Z X"}, // a change of mind is as old as the first choice
        {{"a00-", "b05X", "c07X", "c30Y"}, "X Y"}, //
    }));
    in_every_order(tried.choices, [&](const std::vector<std::string>& choices) {
        std::string order;
        Choosers here;
        for (const std::string& choice : choices) {
            order += choice + " ";
            here.read(choice);
        }
        INFO("in the order " << order);
        CHECK(here.about() == tried.about);
    });
}

TEST_CASE("a choice made in a mailbox that is not followed any more stands")
{
    Choosers here;
    here.read("a00-");
    here.read("b10X");
    here.sql("UPDATE store.activity SET regarding_mailbox = 999999");
    here.read("c05Y");
    CHECK(here.about() == "X Y");
}

TEST_CASE("two who chose the same take back their own choice alone")
{
    Choosers here;
    here.read("a00A");
    here.read("b10X");
    here.read("c20X");
    here.read("b30-");
    CHECK(here.about() == "A X");
    here.read("c40-");
    CHECK(here.about() == "A");
}

TEST_CASE("who chose what the owner chose keeps that choice when the owner chooses anew")
{
    Choosers here;
    here.read("a00A");
    here.read("b10A");
    CHECK(here.about() == "A");
    here.read("a20X");
    CHECK(here.about() == "X A");
}
