#include "model/decision.hpp"
#include "model/folder.hpp"
#include "model/item.hpp"
#include "model/mailbox.hpp"
#include "model/write_back.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace crmsync;

namespace {

/// The words of an enumeration in its order.
template <class E>
std::string words(E last)
{
    std::string text;
    std::set<std::string_view> different;
    for (int i = 0; i <= static_cast<int>(last); ++i) {
        const std::string_view word = to_string(static_cast<E>(i));
        CHECK(different.insert(word).second);
        text += (i == 0 ? "" : " ") + std::string(word);
    }
    return text;
}

} // namespace

// These words stand in the database and in answers to users: changing one is a migration.
TEST_CASE("the words that are stored are those of the contract")
{
    CHECK(words(Outcome::failed) == "tracked ignored refused untracked held failed");
    CHECK(words(Rule::pinned) ==
          "none hand_tag tracked_by_hand draft_tag regarding_category rule_tag header_reference "
          "exact_address account_domain identity shared orphan_category mode_all "
          "gate_rights_protected gate_sensitivity gate_internal_only gate_folder gate_automatic "
          "gate_meeting "
          "gate_ceiling guard_many guard_category pinned");
    CHECK(words(PartyResolution::ambiguous) == "resolved unresolved ambiguous");
    CHECK(words(Direction::internal) == "incoming outgoing internal");
    CHECK(words(Role::optional) == "from sender reply_to to cc bcc organizer required optional");
    CHECK(words(WellKnown::unknown) == " inbox drafts sentitems deleteditems junkemail archive "
                                       "outbox conversationhistory unknown");
    CHECK(words(StateCategory::stop) == "none track tracked review refused failed stop");
    CHECK(words(MailboxState::stopped) == "added enabled disabled stopped");
    CHECK(words(Mode::all) == "manual replies contacts records all");
}

TEST_CASE("modes are read by their words only")
{
    for (const Mode mode : {Mode::manual, Mode::replies, Mode::contacts, Mode::records, Mode::all})
        CHECK(parse_mode(to_string(mode)) == mode);
    CHECK_FALSE(parse_mode(""));
    CHECK_FALSE(parse_mode("Manual"));
    CHECK_FALSE(parse_mode("none"));
}
