#pragma once

#include "model/candidates.hpp"
#include "model/item.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync {

/// What became of an evaluated item. The words of sync.decision.outcome.
enum class Outcome { tracked, ignored, refused, untracked, held, failed };
std::string_view to_string(Outcome);

/// Everything that can decide, gates included. The words of sync.decision.rule.
enum class Rule {
    none,
    hand_tag,           ///< a person set CRM Track
    tracked_by_hand,    ///< a person set CRM Tracked
    draft_tag,          ///< a person tagged the draft, and its sent copy shows nothing of that
    regarding_category, ///< a person set "CRM: label"
    rule_tag,           ///< CRM Track was there when a new message was first seen
    header_reference,   ///< In-Reply-To or References name a stored message
    exact_address,      ///< a party's address is held by a record
    account_domain,     ///< a party's domain belongs to an account; regarding only
    identity,           ///< the same message is stored already
    shared,             ///< another mailbox tracks the same message
    orphan_category,    ///< a state of ours was there before; the message is stored nowhere
    mode_all,
    gate_rights_protected,
    gate_sensitivity,
    gate_internal_only,
    gate_folder, ///< it lies in a folder that is never tracked
    gate_automatic,
    gate_meeting,   ///< a meeting request or response: the calendar item is tracked, not the mail
    gate_ceiling,   ///< an inbox rule's tag, on an item the ceiling mode would not track
    guard_many,     ///< held: more tags were taken off within an hour than a person takes off
    guard_category, ///< held: our category is gone from the mailbox's list
    pinned,         ///< a person untracked it
    stopped         ///< CRM Stop is on its thread
};
std::string_view to_string(Rule);

/// Higher is stronger; evidence of equal strength for different records is ambiguous.
enum class Strength {
    inferred = 10,
    domain = 20,
    address = 30,
    thread = 40,
    number = 50,
    header = 60,
    person = 100
};

/// What a rule found. Kept, so that a person can be told.
struct Evidence {
    Rule rule = Rule::none;
    Strength strength = Strength::inferred;
    std::string field;                ///< "from", "cc", "in_reply_to", "categories"
    std::vector<RecordId> candidates; ///< one: a hit; several: ambiguous; none: no record needed
    std::string reason;               ///< "address held by contact", no private text
};

enum class PartyResolution { resolved, unresolved, ambiguous };
std::string_view to_string(PartyResolution);

struct Party {
    Role role = Role::to;
    std::string address; ///< normalised; the provider's text where it is no address
    std::string name;
    std::optional<RecordId> record;
    PartyResolution resolution = PartyResolution::unresolved;
    bool is_list = false;
    friend bool operator==(const Party&, const Party&) = default;
};

enum class Direction { incoming, outgoing, internal };
std::string_view to_string(Direction);

/// The answer for one evaluated item.
struct Decision {
    Outcome outcome = Outcome::ignored;
    Rule rule = Rule::none; ///< what decided
    bool by_person = false; ///< a wish, not a rule: overrides some gates, takes ownership
    bool needs_header_look =
        false; ///< a rule would accept, but phase 1 could not see automatic-mail headers or
               ///< sensitivity; `ignored` until decided again with them
    std::vector<Evidence> evidence;
    std::optional<RecordId> regarding;
    bool regarding_by_person = false;
    Strength regarding_strength = Strength::inferred;
    bool regarding_cleared = false;    ///< a person took the label off
    std::vector<RecordId> suggestions; ///< ranked, where regarding is empty
    DesiredCategories answer;   ///< what the item's categories should say; state none + nothing to
                                ///< take off = no write
    bool writes_answer = false; ///< whether the mailbox is owed anything
    bool stage_untrack = false; ///< a person seems to have taken our category off a linked item
    bool withdrawn =
        false; ///< a wish or our category was taken off before the owed write: drop the write
    bool corrects = false; ///< says again what was answered before; counted, since it may be a
                           ///< program that goes on asking
    bool orphan_category =
        false; ///< a state category of ours on a first pass that belongs to nothing stored
    /// The labels it is read with from now on; nothing: what is known of them stays.
    std::optional<std::vector<std::string>> labels_read;
    std::optional<bool> stop;     ///< CRM Stop is new on the item (true), or was taken off it
    std::optional<Intent> intent; ///< what a draft asks for, once it is sent
    std::string note;             ///< for explain: "label matches 3 records"
};

} // namespace crmsync
