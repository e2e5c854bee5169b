#include "e2e/in_process/office_cast.hpp"
#include "e2e/in_process/office_play.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace crmsync::test {

namespace {

using namespace std::chrono_literals;
using Mode = Office::Mode;

constexpr std::array mode_names{"manual", "replies", "contacts"};

} // namespace

void OfficePlay::act_on_copy(const OfficeStep& step)
{
    const std::vector<Place> all = places();
    if (all.empty())
        return deliver(step.which, step.how);
    const Place place = all[index(step.which, all.size())];
    if (is_fresh(place.message->number))
        quieten();
    Office::Copy& copy = *place.copy;
    const std::string own = std::array{"Red", "Green", "Urgent"}.at(index(step.how, 3));
    switch (step.deed) {
    case Deed::think_better:
        return think_better(place);
    case Deed::move:
        return move(place, step.how);
    case Deed::copy:
        return this->copy(place);
    case Deed::erase:
        tell(copy.name + " is deleted");
        unsettled_.insert(place.message->number);
        stage_.script().remove(people[copy.mailbox], items_.at(copy.name).id, true);
        copy.gone = true;
        return;
    case Deed::move_and_back:
        tell(copy.name + " leaves its folder and comes back");
        unsettled_.insert(place.message->number);
        stage_.script().move(people[copy.mailbox], items_.at(copy.name).id, "drafts");
        stage_.script().move(people[copy.mailbox], items_.at(copy.name).id, copy.folder);
        return office_.look(*place.message, copy);
    case Deed::tag:
        copy.categories.insert("CRM Track");
        break;
    case Deed::tag_tracked:
        copy.categories.insert("CRM Tracked");
        break;
    case Deed::label:
        return label(place, step.how);
    case Deed::label_off:
        std::erase_if(copy.categories, is_label);
        break;
    case Deed::untag:
        if (!keeps_below_guard(copy.mailbox))
            return;
        std::erase_if(copy.categories, is_ours);
        break;
    case Deed::set_state:
        // What it says on a tombstone's copies, or on pinned ones, nobody promises.
        if (copy.pinned || place.message->pinned.contains(copy.mailbox) ||
            (copy.link != Office::Link::none && !place.message->alive) || copy.held)
            return;
        copy.categories.insert(
            std::array{"CRM Refused", "CRM Failed", "CRM Review"}.at(index(step.how, 3)));
        break;
    case Deed::own_on:
        copy.categories.insert(own);
        break;
    default:
        copy.categories.erase(own);
    }
    set_categories(place);
}

void OfficePlay::set_categories(const Place& place)
{
    Office::Copy& copy = *place.copy;
    tell(fmt::format("{} is set to [{}]", copy.name, shown(copy.categories)));
    unsettled_.insert(place.message->number);
    stage_.script().set_categories(people[copy.mailbox], items_.at(copy.name).id,
                                   {copy.categories.begin(), copy.categories.end()});
    copy.edited = stage_.now();
    office_.look(*place.message, copy);
}

/// Where the answer takes long, a person may take a tag back between the commit and the answer.
void OfficePlay::think_better(const Place& place)
{
    Office::Copy& copy = *place.copy;
    if (!keeps_below_guard(copy.mailbox))
        return;
    const bool stored = copy.link != Office::Link::none || !stage_.runs();
    const std::string id = items_.at(copy.name).id;
    copy.categories.insert("CRM Track");
    set_categories(place);
    if (stored)
        return;
    sim::Fault busy;
    busy.method = "PATCH";
    busy.path = id;
    busy.status = 503;
    busy.code = "ErrorServerBusy";
    busy.count = -1;
    stage_.script().fail(std::move(busy));
    stage_.until(
        [&] {
            return stage_.number("SELECT count(*) FROM sync.link WHERE item_id = '" + id + "'") > 0;
        },
        2min);
    std::erase_if(copy.categories, is_ours);
    set_categories(place);
    stage_.run_for(2min);
    stage_.graph().faults.clear();
}

void OfficePlay::move(const Place& place, int how)
{
    Office::Copy& copy = *place.copy;
    copy.folder = std::array{"inbox", "archive", "junkemail"}.at(index(how, 3));
    tell(copy.name + " is moved to " + copy.folder);
    unsettled_.insert(place.message->number);
    stage_.script().move(people[copy.mailbox], items_.at(copy.name).id, copy.folder);
    office_.look(*place.message, copy);
}

void OfficePlay::copy(const Place& place)
{
    const Office::Copy& original = *place.copy;
    // What a state without its row says of a copy nobody promises.
    if (!office_.mailboxes[original.mailbox].enabled || !stage_.runs() ||
        original.categories.contains("CRM Refused") || original.categories.contains("CRM Review"))
        return;
    const sim::ItemRef item =
        stage_.script().copy(people[original.mailbox], items_.at(original.name).id, "archive");
    Office::Copy made = named(*place.message, original.mailbox, item);
    made.folder = "archive";
    made.categories = original.categories;
    made.arrived = original.arrived;
    tell(made.name + " is copied from " + original.name);
    unsettled_.insert(place.message->number);
    office_.copy_arrives(*place.message, std::move(made));
}

/// As on a phone: beside those that are there. Where nobody has looked at them yet, it would be two
/// new ones at once.
void OfficePlay::label(const Place& place, int how)
{
    Office::Copy& copy = *place.copy;
    const bool read = !copy.unread && stage_.runs();
    std::erase_if(copy.categories, [&](const std::string& category) {
        return is_label(category) && !(read && copy.read.contains(category));
    });
    copy.categories.insert(
        std::array{"CRM: Fabrikam", "CRM: Blue Yonder", "CRM: Nobody"}.at(index(how, 3)));
    set_categories(place);
}

void OfficePlay::answer_held(std::size_t mailbox, bool confirm)
{
    quieten();
    if (!office_.mailboxes[mailbox].enabled)
        return;
    const auto wish = confirm ? store::HeldWish::confirm : store::HeldWish::reject;
    const std::int64_t held = stage_.say_about_held(mailboxes_.at(mailbox), wish);
    tell(fmt::format("{} held in {}'s mailbox {}", held, first_name(mailbox),
                     confirm ? "are confirmed" : "are rejected"));
    if (confirm)
        office_.confirm_held(mailbox);
    else
        office_.reject_held(mailbox);
}

void OfficePlay::enable_or_not(std::size_t mailbox)
{
    quieten();
    Office::Mailbox& box = office_.mailboxes[mailbox];
    tell(first_name(mailbox) + (box.enabled ? " is disabled" : " is enabled"));
    stage_.set_state(mailboxes_.at(mailbox),
                     box.enabled ? MailboxState::disabled : MailboxState::enabled);
    if (box.enabled)
        box.enabled = false;
    else
        office_.enable(mailbox, stage_.now());
    removals_[mailbox].assign(removals_[mailbox].size(), stage_.now());
}

void OfficePlay::change_policy(int how)
{
    quieten();
    Office::Policy& policy = office_.policy;
    switch (how % 5) {
    case 0:
        policy.mode = static_cast<Mode>(how / 5 % 3);
        break;
    case 1:
        policy.internal_only = !policy.internal_only;
        break;
    case 2:
        policy.show_shared = !policy.show_shared;
        break;
    case 3:
        policy.keep = !policy.keep;
        break;
    default:
        policy.no_archive = !policy.no_archive;
    }
    tell(fmt::format("mode {}, internal {}, shared {}, untrack {}, archive {}",
                     mode_names.at(static_cast<std::size_t>(policy.mode)),
                     policy.internal_only ? "skipped" : "tracked",
                     policy.show_shared ? "shown" : "not shown", policy.keep ? "keeps" : "deletes",
                     policy.no_archive ? "never" : "tracked"));
    Settings& settings = stage_.settings;
    settings.tracking.default_mode = mode_names.at(static_cast<std::size_t>(policy.mode));
    settings.privacy.internal_only = policy.internal_only ? "skip" : "track";
    settings.tracking.show_shared = policy.show_shared;
    settings.tracking.on_untrack = policy.keep ? "keep" : "delete";
    settings.privacy.never_folders = {"junkemail", "deleteditems", "conversationhistory"};
    if (policy.no_archive)
        settings.privacy.never_folders.push_back("archive");
    if (stage_.runs())
        stage_.application().reload(settings);
}

void OfficePlay::grace()
{
    quieten();
    tell("the grace of what was untracked runs out");
    if (stage_.runs())
        stage_.stop();
    stage_.run_for(50h);
    stage_.start();
    stage_.run_for(12min);
    office_.grace_is_over();
}

} // namespace crmsync::test
