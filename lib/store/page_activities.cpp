#include "base/text.hpp"
#include "store/attachment_columns.hpp"
#include "store/columns.hpp"
#include "store/contents.hpp"
#include "store/page_script.hpp"
#include "store/statements.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace crmsync::store {
namespace {

/// An index entry must fit a third of a page; real addresses are far shorter.
constexpr std::size_t longest_address = 1000;

void add_new_activities(pg::Script& script, MailboxId mailbox, const Plan& plan,
                        const IdentifiedPage& page)
{
    std::vector<Uuid> ids, owners;
    std::vector<std::string_view> directions, body_types, owner_addresses;
    TextColumn subjects, bodies;
    std::vector<bool> truncated, regarding_by_person, owned_by_person, had_external;
    std::vector<std::int64_t> body_bytes;
    std::vector<std::int64_t> strengths;
    std::vector<Timestamp> occurred, owned_at;
    std::vector<std::optional<std::string>> message_ids;
    std::vector<std::optional<Uuid>> regardings;
    std::vector<std::optional<Timestamp>> chosen;
    for (std::size_t i = 0; i < plan.tracked.size(); ++i) {
        if (!page.items[i].mine)
            continue;
        const TrackedItem& item = plan.tracked[i];
        ids.push_back(item.proposed.value);
        directions.push_back(to_string(item.direction));
        subjects.add(item.subject);
        bodies.add(item.body);
        body_types.emplace_back(item.body_type == BodyType::html ? "html" : "text");
        truncated.push_back(item.body_truncated);
        body_bytes.push_back(item.body_bytes);
        occurred.push_back(item.occurred_at);
        std::optional<std::string>& message_id = message_ids.emplace_back();
        if (item.message_id)
            message_id = storable(*item.message_id);
        regardings.push_back(plain(item.regarding));
        regarding_by_person.push_back(item.regarding_by_person);
        strengths.push_back(item.regarding_strength);
        std::optional<Timestamp>& chosen_at = chosen.emplace_back();
        if (item.regarding_by_person)
            chosen_at = item.tagged_at;
        owners.push_back(item.owner.owner.value);
        owned_by_person.push_back(item.owner.by_person);
        owned_at.push_back(item.owner.at);
        owner_addresses.push_back(item.owner.address);
        had_external.push_back(item.had_external);
    }
    if (ids.empty())
        return;
    script.add(sql::insert_activities,
               params(mailbox, ids, directions, subjects.views(), bodies.views(), body_types,
                      truncated, body_bytes, occurred, message_ids, regardings, regarding_by_person,
                      strengths, chosen, owners, owned_by_person, owned_at, owner_addresses,
                      had_external));
}

struct PartyColumns {
    std::vector<Uuid> ids;
    std::vector<std::string_view> roles, resolutions;
    std::vector<std::string> addresses;
    std::vector<std::int64_t> ordinals;
    TextColumn names;
    std::vector<std::optional<Uuid>> records;
    std::vector<bool> lists;

    void add(ActivityId activity, const Party& party, std::string address, std::int64_t ordinal)
    {
        ids.push_back(activity.value);
        roles.push_back(to_string(party.role));
        addresses.push_back(std::move(address));
        ordinals.push_back(ordinal);
        names.add(party.name);
        records.push_back(plain(party.record));
        resolutions.push_back(to_string(party.resolution));
        lists.push_back(party.is_list);
    }
    void add_to(pg::Script& script, const pg::Statement& statement) const
    {
        if (!ids.empty())
            script.add(statement, params(ids, roles, addresses, ordinals, names.views(), records,
                                         resolutions, lists));
    }
};

void add_parties(pg::Script& script, const Plan& plan, const IdentifiedPage& page)
{
    PartyColumns inserted, joined;
    for (std::size_t i = 0; i < plan.tracked.size(); ++i) {
        const Identified& of = page.items[i];
        std::set<std::pair<Role, std::string>> named;
        std::int64_t ordinal = 0;
        for (const Party& party : plan.tracked[i].parties) {
            std::string address(cut_utf8(storable(party.address), longest_address));
            const std::int64_t place = ordinal++;
            // Of two entries with one address the first counts.
            if (named.emplace(party.role, address).second)
                (of.mine ? inserted : joined).add(of.activity, party, std::move(address), place);
        }
    }
    inserted.add_to(script, sql::insert_parties);
    joined.add_to(script, sql::join_parties);
}

void add_attachments(pg::Script& script, const Plan& plan, const IdentifiedPage& page)
{
    AttachmentColumns columns;
    for (std::size_t i = 0; i < plan.tracked.size(); ++i)
        if (page.items[i].mine)
            for (const StoredAttachment& attachment : plan.tracked[i].attachments)
                columns.add(page.items[i].activity, attachment);
    columns.add_to(script, sql::insert_attachments);
}

/// What a chunk asks of one activity that is there, from all its copies in the chunk.
struct Amendment {
    const OwnerClaim* claim = nullptr;
    bool revives = false;
    bool had_external = false;
    std::optional<RecordId> regarding;
    bool by_person = false;
    int strength = 0;
    bool clears = false;
    std::optional<Timestamp> chosen_at; ///< of a person's word on the regarding
};

bool better(const OwnerClaim& a, const OwnerClaim& b)
{
    return std::tuple(!a.by_person, a.at, std::string_view(a.address)) <
           std::tuple(!b.by_person, b.at, std::string_view(b.address));
}

std::map<ActivityId, Amendment> amendments(const Plan& plan, const IdentifiedPage& page)
{
    std::map<ActivityId, Amendment> all;
    for (std::size_t i = 0; i < plan.tracked.size(); ++i) {
        if (page.items[i].mine)
            continue;
        const TrackedItem& item = plan.tracked[i];
        Amendment& amendment = all[page.items[i].activity];
        if (!item.joins && (!amendment.claim || better(item.owner, *amendment.claim)))
            amendment.claim = &item.owner;
        amendment.revives = amendment.revives || item.by_person();
        amendment.had_external = amendment.had_external || item.had_external;
        const bool outranks = std::tuple(item.regarding_by_person, item.regarding_strength) >
                              std::tuple(amendment.by_person, amendment.strength);
        if (item.regarding && (!amendment.regarding || outranks)) {
            amendment.regarding = item.regarding;
            amendment.by_person = item.regarding_by_person;
            amendment.strength = item.regarding_strength;
            amendment.chosen_at.reset();
            if (item.regarding_by_person)
                amendment.chosen_at = item.tagged_at;
        }
    }
    for (const HandTag& tag : plan.hand_tags) {
        Amendment& amendment = all[tag.activity];
        if (!amendment.claim || better(tag.claim, *amendment.claim))
            amendment.claim = &tag.claim;
    }
    for (const RegardingChange& change : plan.regardings) {
        Amendment& amendment = all[change.activity];
        amendment.regarding = change.regarding;
        amendment.clears = !change.regarding;
        amendment.by_person = true;
        amendment.strength = static_cast<int>(Strength::person);
        amendment.chosen_at = change.chosen_at;
    }
    return all;
}

bool add_amendments(pg::Script& script, MailboxId mailbox, const Plan& plan,
                    const IdentifiedPage& page)
{
    const std::map<ActivityId, Amendment> all = amendments(plan, page);
    if (all.empty())
        return false;
    std::vector<Uuid> ids;
    std::vector<std::optional<Uuid>> claimants, regardings;
    std::vector<std::optional<bool>> claimed_by_person;
    std::vector<std::optional<Timestamp>> claimed_at, chosen_at;
    std::vector<std::optional<std::string>> claim_addresses;
    std::vector<bool> revives, had_external, regarding_by_person, clears;
    std::vector<std::int64_t> strengths;
    for (const auto& [id, amendment] : all) {
        ids.push_back(id.value);
        std::optional<Uuid>& claimant = claimants.emplace_back();
        std::optional<bool>& by_person = claimed_by_person.emplace_back();
        std::optional<Timestamp>& at = claimed_at.emplace_back();
        std::optional<std::string>& address = claim_addresses.emplace_back();
        if (amendment.claim) {
            claimant = amendment.claim->owner.value;
            by_person = amendment.claim->by_person;
            at = amendment.claim->at;
            address = amendment.claim->address;
        }
        revives.push_back(amendment.revives);
        had_external.push_back(amendment.had_external);
        regardings.push_back(plain(amendment.regarding));
        regarding_by_person.push_back(amendment.by_person);
        strengths.push_back(amendment.strength);
        clears.push_back(amendment.clears);
        chosen_at.push_back(amendment.chosen_at);
    }
    script.add(sql::amend_activities, params(mailbox, ids, claimants, claimed_by_person, claimed_at,
                                             claim_addresses, revives, had_external, regardings,
                                             regarding_by_person, strengths, clears, chosen_at));
    return true;
}

void add_found_regardings(pg::Script& script, MailboxId mailbox, const Plan& plan)
{
    std::map<ActivityId, const FoundRegarding*> latest; // a row can be written only once
    for (const FoundRegarding& found : plan.found_regardings)
        latest[found.activity] = &found;
    if (latest.empty())
        return;
    std::vector<Uuid> ids, regardings;
    std::vector<std::int64_t> strengths;
    for (const auto& [id, found] : latest) {
        ids.push_back(id.value);
        regardings.push_back(found->regarding.value);
        strengths.push_back(found->strength);
    }
    script.add(sql::follow_threads, params(mailbox, ids, regardings, strengths));
}

} // namespace

std::vector<const StoredAttachment*> new_attachments(const Plan& plan, const IdentifiedPage& page)
{
    std::vector<const StoredAttachment*> rows;
    for (std::size_t i = 0; i < plan.tracked.size(); ++i)
        if (page.items[i].mine)
            for (const StoredAttachment& attachment : plan.tracked[i].attachments)
                rows.push_back(&attachment);
    return rows;
}

bool add_activities(pg::Script& script, MailboxId mailbox, const Plan& plan,
                    const IdentifiedPage& page)
{
    add_short_contents(script, missing_contents(new_attachments(plan, page), page.blobs));
    add_new_activities(script, mailbox, plan, page);
    add_parties(script, plan, page);
    add_attachments(script, plan, page);
    add_found_regardings(script, mailbox, plan);
    return add_amendments(script, mailbox, plan, page);
}

} // namespace crmsync::store
