#include "e2e/in_process/office_play.hpp"

#include "base/text.hpp"
#include "e2e/in_process/projection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace crmsync::test {

namespace {

using namespace std::chrono_literals;
using Kind = Office::Kind;
using Mode = Office::Mode;

const std::vector<std::string> people{kim, lee, "max@contoso.example"};
constexpr std::size_t max = 2;
constexpr std::array kind_names{"a contact", "a stranger", "inside", "a contact, confidential"};
constexpr std::array mode_names{"manual", "replies", "contacts"};

std::size_t index(int number, std::size_t size) { return static_cast<std::size_t>(number) % size; }

std::string first_name(std::size_t mailbox)
{
    return people.at(mailbox).substr(0, people[mailbox].find('@'));
}

bool is_ours(const std::string& category) { return category.starts_with("CRM"); }

std::string shown(const std::set<std::string>& categories)
{
    return join({categories.begin(), categories.end()}, ", ");
}

} // namespace

std::ostream& operator<<(std::ostream& out, const OfficeStep& step)
{
    out << deed_names.at(static_cast<std::size_t>(step.deed)) << ' ' << step.which << ' '
        << step.how << (step.at_once ? " at once" : "");
    return step.mishap == OfficeStep::Mishap::none
               ? out
               : out << ", " << mishap_names.at(static_cast<std::size_t>(step.mishap));
}

OfficePlay::OfficePlay()
{
    stage_.settings.tracking.untrack_grace_days = 2;
    stage_.settings.sync.history_days = 365;
    stage_.import("contact", "external_id,name,email\nC1,Ann,ann@adventure.example\n");
    for (std::size_t i = 0; i < people.size(); ++i) {
        const auto mode = i == max ? std::optional(Mode::contacts) : std::nullopt;
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

/// A new message in some of the mailboxes: from outside or inside, or sent by one of them; perhaps
/// an answer, perhaps with a blind copy, perhaps tagged by an inbox rule.
void OfficePlay::deliver(int which, int how)
{
    Office::Message message;
    message.number = office_.messages.size();
    message.kind = static_cast<Kind>(how % 4);
    if (how / 4 % 3 == 0)
        message.sender = index(which, people.size());
    if (how / 12 % 2 == 0 && message.number > 0)
        message.answers = index(which, message.number);
    std::vector<std::size_t> receivers;
    for (std::size_t i = 0; i < people.size(); ++i)
        if ((which % 7 + 1) & (1 << i))
            receivers.push_back(i);
    if (which / 7 % 2 == 0)
        std::reverse(receivers.begin(), receivers.end());
    message.to = receivers;
    if (message.sender && how / 24 % 2 == 0)
        message.to.pop_back(); // gets it all the same, but no header says so
    const bool tagged = how / 48 % 4 == 0;
    sent_[message.number] = stage_.now();

    std::string line = fmt::format("m{} from {} ({})", message.number,
                                   message.sender ? first_name(*message.sender) : "elsewhere",
                                   kind_names.at(index(how, 4)));
    if (message.answers)
        line += fmt::format(", an answer to m{}", *message.answers);
    if (message.sender)
        message.copies.push_back(put(message, *message.sender, "sentitems", {}));
    for (const std::size_t one : receivers) {
        const bool by_rule = tagged && one == receivers.front();
        line += fmt::format(", to {}{}", first_name(one), by_rule ? " (tagged by a rule)" : "");
        std::set<std::string> categories;
        if (by_rule)
            categories.insert("CRM Track");
        message.copies.push_back(put(message, one, "inbox", std::move(categories)));
    }
    tell(std::move(line));
    unsettled_.insert(message.number);
    office_.arrive(std::move(message));
}

void OfficePlay::deliver_again(int which, int how)
{
    if (office_.messages.empty())
        return;
    Office::Message& message = office_.messages[index(which, office_.messages.size())];
    if (is_fresh(message.number))
        quieten();
    const std::size_t mailbox = message.copies[index(how, message.copies.size())].mailbox;
    const bool by_rule = how / 8 % 3 == 0;
    std::set<std::string> categories;
    if (by_rule)
        categories.insert("CRM Track");
    tell(fmt::format("m{} comes again to {}{}", message.number, first_name(mailbox),
                     by_rule ? " (tagged by a rule)" : ""));
    unsettled_.insert(message.number);
    office_.copy_arrives(message, put(message, mailbox, "inbox", std::move(categories)));
}

void OfficePlay::send_draft(int which, int how)
{
    quieten();
    Office::Message message;
    message.number = office_.messages.size();
    message.kind = how % 2 == 0 ? Kind::contact : Kind::stranger;
    message.sender = index(which, people.size());
    message.to = {(*message.sender + 1) % people.size()};
    const std::string sender = people[*message.sender];
    if (!office_.mailboxes[*message.sender].enabled)
        return;
    sim::Script& script = stage_.script();
    const sim::ItemRef draft = script.draft(sender, letter_of(message));
    script.tag(sender, draft.id, "CRM Track");
    stage_.settle();
    tell(fmt::format("m{} is drafted by {} and tagged", message.number,
                     first_name(*message.sender)));
    if (stage_.categories(draft) != std::vector<std::string>{"CRM Track"})
        tell("which was written to: " + join(stage_.categories(draft), ", "));
    stage_.graph().switches.lose_categories_on_send = how / 2 % 2 == 0;
    stage_.graph().switches.new_item_on_send = how / 4 % 2 == 0;
    const std::vector<sim::ItemRef> copies = script.send(sender, draft.id);
    tell(fmt::format("m{} is sent to {}", message.number, first_name(message.to.front())));
    unsettled_.insert(message.number);
    for (const sim::ItemRef& item : copies) {
        const bool own = item.id == copies.front().id;
        Office::Copy copy = named(message, own ? *message.sender : message.to.front(), item);
        copy.folder = own ? "sentitems" : "inbox";
        copy.seen = own;
        if (own)
            copy.categories = {"CRM Track"};
        message.copies.push_back(std::move(copy));
    }
    office_.arrive(std::move(message));
}

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
    case Deed::untag:
        keep_below_guard(copy.mailbox);
        std::erase_if(copy.categories, is_ours);
        break;
    case Deed::set_state:
        // What it says on a tombstone's copies, or on pinned ones, nobody promises.
        if (copy.pinned || place.message->pinned.contains(copy.mailbox) ||
            (copy.link != Office::Link::none && !place.message->alive))
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
    keep_below_guard(copy.mailbox);
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
        original.categories.contains("CRM Refused"))
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
        tell(fmt::format("  ({})", mishap_names.at(static_cast<std::size_t>(mishap))));
}

Letter OfficePlay::letter_of(const Office::Message& message) const
{
    Letter letter(fmt::format("M{}", message.number));
    letter.id(fmt::format("m{}", message.number));
    if (message.answers)
        letter.in_reply_to(fmt::format("m{}", *message.answers));
    const bool stranger = message.kind == Kind::stranger;
    const std::string outside = stranger ? "bo@elsewhere.example" : ann;
    sim::Mail& mail = letter.mail();
    mail.to.clear();
    if (message.sender) {
        letter.from(people[*message.sender]);
        if (message.kind != Kind::internal)
            mail.to.push_back({"", outside});
    } else {
        letter.from(message.kind == Kind::internal ? "boss@contoso.example" : outside);
    }
    for (const std::size_t one : message.to)
        mail.to.push_back({"", people[one]});
    if (message.kind == Kind::confidential)
        letter.sensitivity(3);
    if (const auto sent = sent_.find(message.number); sent != sent_.end())
        letter.sent(sent->second);
    return letter;
}

Office::Copy OfficePlay::put(const Office::Message& message, std::size_t mailbox,
                             std::string folder, std::set<std::string> categories)
{
    Letter letter = letter_of(message);
    for (const std::string& category : categories)
        letter.tagged(category);
    Office::Copy copy =
        named(message, mailbox, stage_.script().put(people[mailbox], folder, letter));
    copy.folder = std::move(folder);
    copy.categories = std::move(categories);
    return copy;
}

Office::Copy OfficePlay::named(const Office::Message& message, std::size_t mailbox,
                               const sim::ItemRef& item)
{
    Office::Copy copy;
    copy.mailbox = mailbox;
    copy.name = fmt::format("m{}/{} at {}", message.number, items_.size(), first_name(mailbox));
    copy.arrived = copy.edited = stage_.now();
    items_[copy.name] = item;
    names_[item.id] = copy.name;
    return copy;
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

/// More than ten within an hour, and the guard holds them: a program of its own.
void OfficePlay::keep_below_guard(std::size_t mailbox)
{
    std::vector<Timestamp>& untags = untags_[mailbox];
    std::erase_if(untags, [&](Timestamp at) { return at < stage_.now() - 61min; });
    if (untags.size() >= 9) {
        quieten();
        stage_.run_for(62min);
        untags.clear();
    }
    untags.push_back(stage_.now());
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
        "THEN ' belongs to ' || coalesce(o.name, 'nobody') ELSE ' is a tombstone' END "
        "FROM store.activity AS a LEFT JOIN store.record AS o ON o.id = a.owner_id");
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
          "SELECT 'a removal is staged' FROM sync.untrack_stage",
          "SELECT 'parked: ' || reason FROM sync.parked", "SELECT 'intent' FROM sync.intent"})
        for (std::string& row : stage_.rows(std::string(left)))
            lines.push_back(std::move(row));
    for (const std::string& breach : stage_.privacy().breaches())
        lines.push_back(breach);
    return lines;
}

} // namespace crmsync::test
