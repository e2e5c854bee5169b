#include "e2e/in_process/office_play.hpp"

#include "e2e/in_process/office_cast.hpp"
#include "e2e/in_process/projection.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace crmsync::test {

namespace {

using namespace std::chrono_literals;

} // namespace

OfficePlay::OfficePlay()
{
    stage_.settings.tracking.untrack_grace_days = 2;
    stage_.settings.sync.history_days = 365;
    stage_.import("contact", "external_id,name,email\nC1,Ann,ann@adventure.example\n");
    stage_.import("account", "external_id,name\nA1,Fabrikam\nA2,Blue Yonder\n");
    for (std::size_t i = 0; i < people.size(); ++i) {
        const auto mode = i == max ? std::optional(Office::Mode::contacts) : std::nullopt;
        mailboxes_[i] =
            stage_.mailbox(people[i], mode ? std::optional(crmsync::Mode::contacts) : std::nullopt);
        office_.mailboxes.push_back({people[i], mode, true, stage_.now(), {}});
    }
    stage_.start();
    stage_.settle();
}

void OfficePlay::perform(const OfficeStep& step)
{
    if (step.mishap == Mishap::away) {
        quieten();
        stage_.stop();
        tell("the service is away");
    }
    const std::size_t mailbox = index(step.which, people.size());
    switch (step.deed) {
    case Deed::deliver:
        deliver(step.which, step.how);
        break;
    case Deed::deliver_again:
        deliver_again(step.which, step.how);
        break;
    case Deed::send_draft:
        send_draft(step.which, step.how);
        break;
    case Deed::read_again:
        quieten();
        tell(first_name(mailbox) + "'s mailbox is read again");
        stage_.resync(mailboxes_.at(mailbox));
        office_.read_again(mailbox);
        break;
    case Deed::lose_cursors:
        quieten();
        tell(first_name(mailbox) + "'s cursors are lost");
        stage_.script().expire_cursors(people[mailbox]);
        office_.read_again(mailbox);
        break;
    case Deed::burst:
        burst(mailbox);
        break;
    case Deed::answer_held:
        answer_held(mailbox, step.how % 2 == 0);
        break;
    case Deed::enable_or_not:
        enable_or_not(mailbox);
        break;
    case Deed::policy:
        change_policy(step.how);
        break;
    case Deed::grace:
        grace();
        break;
    default:
        act_on_copy(step);
    }
    suffer(step.mishap, step.how);
    if (!step.at_once)
        quieten();
}

void OfficePlay::suffer(Mishap mishap, int how)
{
    if (mishap == Mishap::conflict) {
        stage_.graph().switches.conflict_next = 2;
    } else if (mishap == Mishap::throttle) {
        stage_.script().throttle_next(2, "3");
    } else if (mishap == Mishap::crash && stage_.runs()) {
        stage_.privacy().races_expected = true; // it stops between a decision and its request
        stage_.until([n = how]() mutable { return n-- <= 0; }, 2min, true);
        stage_.crash();
        stage_.start();
    }
    disturbed_ = disturbed_ || mishap != Mishap::none;
    if (mishap != Mishap::none)
        tell("  (with a mishap)");
}

std::vector<OfficePlay::Place> OfficePlay::places()
{
    std::vector<Place> all;
    for (Office::Message& message : office_.messages)
        for (Office::Copy& copy : message.copies)
            if (!copy.gone)
                all.push_back(Place{&message, &copy});
    return all;
}

/// The reference counts removals by the minute they were made in, the service by when it looked: no
/// removal is tried while an earlier one is about to leave the guard's hour, and none that would be
/// the eleventh but after a burst, which is held as a whole.
bool OfficePlay::keeps_below_guard(std::size_t mailbox)
{
    std::vector<Timestamp>& removals = removals_[mailbox];
    if (!office_.mailboxes[mailbox].enabled && removals.size() >= 9)
        return false; // all at once when it is enabled
    const auto oldest = std::min_element(removals.begin(), removals.end());
    const bool many = removals.size() >= 9 && removals.size() <= burst_size;
    if (oldest != removals.end() && (many || *oldest < stage_.now() - 40min)) {
        quieten();
        stage_.run_for(62min);
        removals.clear();
    }
    removals.push_back(stage_.now());
    return true;
}

void OfficePlay::quieten()
{
    if (!stage_.runs())
        stage_.start();
    if (!quiet_)
        stage_.run_for(disturbed_ ? 6min : 150s);
    unsettled_.clear();
    quiet_ = true;
    disturbed_ = false;
}

std::string OfficePlay::disagreement()
{
    quieten();
    stage_.run_for(4min);
    std::vector<std::string> expected = office_.facts();
    std::vector<std::string> found = facts();
    std::sort(expected.begin(), expected.end());
    std::sort(found.begin(), found.end());
    if (expected == found)
        return {};
    return fmt::format("{}\n- expected, + found:\n{}{}", fmt::join(story_, "\n"),
                       difference(join({expected.begin(), expected.end()}, "\n"),
                                  join({found.begin(), found.end()}, "\n")),
                       projection(stage_));
}

std::vector<std::string> OfficePlay::facts()
{
    std::vector<std::string> lines = stage_.rows(
        "SELECT replace(message_id, '@mail.example', '') || CASE WHEN deleted_at IS NULL "
        "THEN ' belongs to ' || coalesce(o.name, 'nobody') || CASE WHEN a.regarding_by_person "
        "THEN ', about ' || coalesce(g.name, 'nothing') ELSE '' END || coalesce((SELECT "
        "string_agg(', and ' || c.name, '' ORDER BY c.name COLLATE \"C\") FROM "
        "crm.activity_connection AS t JOIN store.record AS c ON c.id = t.record_id "
        "WHERE t.activity_id = a.id), '') ELSE ' is a tombstone' END "
        "FROM store.activity AS a LEFT JOIN store.record AS o ON o.id = a.owner_id "
        "LEFT JOIN store.record AS g ON g.id = a.regarding_id");
    std::map<std::string, std::string> links;
    for (const std::string& row :
         stage_.rows("SELECT l.item_id || ' ' || l.tracked_by FROM sync.link AS l JOIN "
                     "store.activity AS a ON a.id = l.activity_id WHERE a.deleted_at IS NULL"))
        links[row.substr(0, row.find(' '))] = row.substr(row.find(' '));
    for (const Place& place : places()) {
        const sim::ItemRef& item = items_.at(place.copy->name);
        const std::vector<std::string> names = stage_.categories(item);
        lines.push_back(fmt::format("{} [{}]{}", place.copy->name,
                                    shown({names.begin(), names.end()}), links[item.id]));
    }
    for (const std::string_view left :
         {"SELECT 'a write is owed: ' || w.state FROM sync.write_back AS w JOIN sync.mailbox AS m "
          "ON m.id = w.mailbox_id WHERE w.state <> 'done' AND m.state = 'enabled'",
          "SELECT 'a removal is staged' FROM sync.untrack_stage WHERE NOT held OR wanted IS NOT "
          "NULL",
          "SELECT 'parked: ' || reason FROM sync.parked", "SELECT 'intent' FROM sync.intent"})
        for (std::string& row : stage_.rows(std::string(left)))
            lines.push_back(std::move(row));
    for (const std::string& breach : stage_.privacy().breaches())
        lines.push_back(breach);
    return lines;
}

} // namespace crmsync::test
