#include "support/builders.hpp"

#include <stdexcept>

namespace crmsync::test {

namespace {

Uuid numbered_uuid(std::uint8_t kind, int n)
{
    Uuid id;
    id.bytes[0] = kind;
    id.bytes[14] = static_cast<std::uint8_t>(n >> 8);
    id.bytes[15] = static_cast<std::uint8_t>(n);
    return id;
}

std::vector<RecordId> record_ids(const std::vector<int>& numbers)
{
    std::vector<RecordId> ids;
    for (const int n : numbers)
        ids.push_back(record_id(n));
    return ids;
}

/// A test with a mistyped address would otherwise pass for the wrong reason.
Address must_parse(std::string_view text)
{
    auto address = parse_address(text);
    if (!address)
        throw std::invalid_argument("no address: " + std::string(text));
    return *address;
}

} // namespace

Timestamp monday(int minutes)
{
    using namespace std::chrono;
    return sys_days{year{2026} / March / 2} + hours(9) + std::chrono::minutes(minutes);
}

RecordId record_id(int n) { return RecordId(numbered_uuid(0xC0, n)); }
ActivityId activity_id(int n) { return ActivityId(numbered_uuid(0xAC, n)); }

MessageBuilder::MessageBuilder()
{
    item_.key = {MailboxId(1), "item-1"};
    item_.version = Version("v1");
    item_.folder = FolderId("inbox");
    item_.categories = std::vector<std::string>{};
    item_.subject = std::string("Offer");
    item_.participants.reply_to = Participants{};
    item_.participants.cc = Participants{};
    item_.participants.bcc = Participants{};
    item_.thread.message_id = std::string("own@adventure.example");
    item_.thread.in_reply_to = Said<std::string>::empty();
    item_.thread.references = Said<std::vector<std::string>>::empty();
    item_.sensitivity = Sensitivity::normal;
    item_.detail = Message{};
    item_.message().draft = false;
    item_.message().has_attachments = false;
    item_.message().message_class = std::string("IPM.Note");
    item_.message().automatic = AutomaticMail{};
    from("ann@adventure.example", "Ann").to("kim@contoso.example").at(monday());
}

MessageBuilder& MessageBuilder::id(std::string id)
{
    item_.key.id = std::move(id);
    return *this;
}

MessageBuilder& MessageBuilder::version(std::string version)
{
    item_.version = Version(std::move(version));
    return *this;
}

MessageBuilder& MessageBuilder::folder(std::string folder)
{
    item_.folder = FolderId(std::move(folder));
    return *this;
}

MessageBuilder& MessageBuilder::from(std::string address, std::string name)
{
    item_.participants.sender = Participants{{Role::sender, address, name}};
    item_.participants.from = Participants{{Role::from, std::move(address), std::move(name)}};
    return *this;
}

MessageBuilder& MessageBuilder::sender(std::string address)
{
    item_.participants.sender = Participants{{Role::sender, std::move(address), ""}};
    return *this;
}

MessageBuilder& MessageBuilder::no_from()
{
    item_.participants.from = Said<Participants>::empty();
    item_.participants.sender = Said<Participants>::empty();
    return *this;
}

MessageBuilder& MessageBuilder::recipients(Said<Participants>& list, Role role,
                                           std::vector<std::string> addresses)
{
    Participants participants;
    for (std::string& address : addresses)
        participants.push_back({role, std::move(address), ""});
    list = std::move(participants);
    return *this;
}

MessageBuilder& MessageBuilder::subject(std::string subject)
{
    item_.subject = std::move(subject);
    return *this;
}

MessageBuilder& MessageBuilder::categories(std::vector<std::string> categories)
{
    item_.categories = std::move(categories);
    return *this;
}

MessageBuilder& MessageBuilder::categories_not_said()
{
    item_.categories = {};
    return *this;
}

MessageBuilder& MessageBuilder::message_id(std::string id)
{
    item_.thread.message_id = std::move(id);
    return *this;
}

MessageBuilder& MessageBuilder::in_reply_to(std::string id)
{
    item_.thread.in_reply_to = std::move(id);
    return *this;
}

MessageBuilder& MessageBuilder::references(std::vector<std::string> ids)
{
    item_.thread.references = std::move(ids);
    return *this;
}

MessageBuilder& MessageBuilder::at(Timestamp received)
{
    item_.message().received_at = received;
    item_.message().sent_at = received - std::chrono::minutes(1);
    item_.created_at = received;
    item_.modified_at = received;
    return *this;
}

MessageBuilder& MessageBuilder::draft()
{
    item_.message().draft = true;
    return *this;
}

MessageBuilder& MessageBuilder::message_class(std::string name)
{
    item_.message().message_class = std::move(name);
    return *this;
}

MessageBuilder& MessageBuilder::sensitivity(Sensitivity sensitivity)
{
    item_.sensitivity = sensitivity;
    return *this;
}

MessageBuilder& MessageBuilder::sensitivity_unknown()
{
    item_.sensitivity = {};
    return *this;
}

AutomaticMail& MessageBuilder::headers()
{
    auto& automatic = item_.message().automatic;
    if (!automatic.has_value())
        automatic = AutomaticMail{};
    return *automatic;
}

MessageBuilder& MessageBuilder::automatic(std::string header)
{
    headers().automatic = true;
    headers().header = std::move(header);
    return *this;
}

MessageBuilder& MessageBuilder::keywords(std::vector<std::string> keywords)
{
    headers().keywords = std::move(keywords);
    return *this;
}

MessageBuilder& MessageBuilder::headers_unread()
{
    item_.message().automatic = {};
    return *this;
}

KnownBuilder& KnownBuilder::outcome(std::string word)
{
    known_.outcome = std::move(word);
    return *this;
}

KnownBuilder& KnownBuilder::orphan()
{
    known_.orphan = true;
    return outcome("ignored");
}

KnownBuilder& KnownBuilder::pinned()
{
    known_.pinned = true;
    return *this;
}

KnownBuilder& KnownBuilder::held(std::string rule)
{
    known_.held = std::move(rule);
    return staged();
}

KnownBuilder& KnownBuilder::corrected(int times)
{
    known_.corrections = times;
    return *this;
}

KnownBuilder& KnownBuilder::restoring()
{
    known_.restoring = true;
    return owed(StateCategory::tracked);
}

KnownBuilder& KnownBuilder::staged()
{
    known_.staged = true;
    return *this;
}

KnownBuilder& KnownBuilder::parked()
{
    known_.parked = true;
    return *this;
}

KnownBuilder& KnownBuilder::owed(StateCategory state)
{
    known_.owed = state;
    return *this;
}

KnownBuilder& KnownBuilder::carried(std::vector<std::string> categories)
{
    known_.carried = std::move(categories);
    return *this;
}

KnownBuilder& KnownBuilder::takes_off(std::string category)
{
    known_.owed_take_off.push_back(std::move(category));
    return *this;
}

KnownBuilder& KnownBuilder::read_with(std::vector<std::string> labels, bool gone)
{
    known_.label_hmacs.resize(labels.size() + (gone ? 1 : 0));
    known_.labels_read = std::move(labels);
    known_.labels_gone = gone;
    return *this;
}

KnownBuilder& KnownBuilder::linked()
{
    KnownItem::Link link;
    link.activity = activity_id(1);
    link.folder = FolderId("inbox");
    link.version = Version("v0");
    link.category_seen = StateCategory::tracked;
    link.tracked_by = "user";
    known_.link = std::move(link);
    known_.outcome = "tracked";
    return *this;
}

KnownItem::Link& KnownBuilder::link()
{
    if (!known_.link)
        linked();
    return *known_.link;
}

KnownBuilder& KnownBuilder::seen(StateCategory state)
{
    link().category_seen = state;
    return *this;
}

KnownBuilder& KnownBuilder::by_rule()
{
    link().tracked_by = "rule";
    return *this;
}

KnownBuilder& KnownBuilder::shared()
{
    link().tracked_by = "shared";
    return *this;
}

KnownBuilder& KnownBuilder::removed_from_crm()
{
    link().activity_deleted = true;
    return *this;
}

KnownBuilder& KnownBuilder::about(int record, std::string category)
{
    link().regarding = record_id(record);
    if (!category.empty())
        link().regarding_category = std::move(category);
    return *this;
}

Record& CrmBuilder::current() { return candidates_.records.at(current_); }

CrmBuilder& CrmBuilder::record(int n, std::string type, std::string name)
{
    Record record;
    record.id = record_id(n);
    record.type = std::move(type);
    record.external_id = "ext-" + std::to_string(n);
    record.name = std::move(name);
    current_ = record.id;
    candidates_.records.emplace(current_, std::move(record));
    return *this;
}

CrmBuilder& CrmBuilder::holds(std::string_view address)
{
    candidates_.by_address[must_parse(address)].push_back(current().id);
    return *this;
}

CrmBuilder& CrmBuilder::owns(std::string_view domain)
{
    candidates_.by_domain[Domain{std::string(domain)}].push_back(current().id);
    return *this;
}

CrmBuilder& CrmBuilder::numbered(std::string number)
{
    current().number = std::move(number);
    return *this;
}

CrmBuilder& CrmBuilder::under(int parent)
{
    current().parent = record_id(parent);
    return *this;
}

CrmBuilder& CrmBuilder::owned_by(int record)
{
    current().owner = record_id(record);
    return *this;
}

CrmBuilder& CrmBuilder::stored(std::string message_id, int regarding)
{
    StoredMessage stored;
    stored.activity = activity_id(static_cast<int>(candidates_.by_message_id.size()) + 1);
    if (regarding != 0)
        stored.regarding = record_id(regarding);
    message_ = std::move(message_id);
    candidates_.by_message_id[message_] = stored;
    return *this;
}

CrmBuilder& CrmBuilder::removed()
{
    candidates_.by_message_id.at(message_).deleted = true;
    return *this;
}

CrmBuilder& CrmBuilder::linked_here(std::string tracked_by)
{
    candidates_.by_message_id.at(message_).linked_here = std::move(tracked_by);
    return *this;
}

CrmBuilder& CrmBuilder::had_external()
{
    candidates_.by_message_id.at(message_).had_external = true;
    return *this;
}

CrmBuilder& CrmBuilder::mailbox(std::string_view address, int owner)
{
    candidates_.mailbox_owners.emplace(must_parse(address), record_id(owner));
    return *this;
}

CrmBuilder& CrmBuilder::label_by_number(const std::string& folded, std::vector<int> records)
{
    candidates_.by_label[folded].by_number = record_ids(records);
    return *this;
}

CrmBuilder& CrmBuilder::label_by_name(const std::string& folded, std::vector<int> records)
{
    candidates_.by_label[folded].by_name = record_ids(records);
    return *this;
}

CrmBuilder& CrmBuilder::label_by_prefix(const std::string& folded, std::vector<int> records)
{
    candidates_.by_label[folded].by_prefix = record_ids(records);
    return *this;
}

} // namespace crmsync::test
