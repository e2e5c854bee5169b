#include "e2e/in_process/office_cast.hpp"
#include "e2e/in_process/office_play.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace crmsync::test {

namespace {

using namespace std::chrono_literals;
using Kind = Office::Kind;

constexpr std::array kind_names{"a contact", "a stranger", "inside", "a contact, confidential"};

} // namespace

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
    const std::string& sender = people[*message.sender];
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

/// Eleven messages that nobody else has are tracked, and taken off all at once.
void OfficePlay::burst(std::size_t mailbox)
{
    quieten();
    if (!office_.mailboxes[mailbox].enabled)
        return;
    stage_.run_for(62min); // nothing else counts
    const std::size_t first = office_.messages.size();
    for (std::size_t i = 0; i < burst_size; ++i) {
        Office::Message message;
        message.number = first + i;
        message.kind = Kind::stranger;
        message.to = {mailbox};
        sent_[message.number] = stage_.now();
        message.copies.push_back(put(message, mailbox, "inbox", {"CRM Track"}));
        office_.arrive(std::move(message));
    }
    stage_.settle();
    tell(fmt::format("m{} and {} more: tagged by {}'s rule, and taken off at once", first,
                     burst_size - 1, first_name(mailbox)));
    removals_[mailbox].assign(burst_size + 1, stage_.now());
    for (std::size_t i = first; i < office_.messages.size(); ++i) {
        Office::Message& message = office_.messages[i];
        Office::Copy& copy = message.copies.front();
        stage_.script().set_categories(people[mailbox], items_.at(copy.name).id, {});
        copy.categories.clear();
        copy.edited = stage_.now();
        office_.look(message, copy, static_cast<int>(burst_size));
    }
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
    return copy;
}

} // namespace crmsync::test
