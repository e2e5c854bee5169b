#pragma once

#include "model/candidates.hpp"
#include "model/item.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crmsync::test {

/// A moment on Monday, 2 March 2026, plus `minutes`. Builders date everything around it.
Timestamp monday(int minutes = 0);

/// The n-th record, activity: ids that are readable in a failing test.
RecordId record_id(int n);
ActivityId activity_id(int n);

/// A message as it stands in an inbox, complete, with its transport headers read: a test says only
/// what matters to it. It is from ann@adventure.example to kim@contoso.example.
///
///     Item item = message().from("bo@fabrikam.example").subject("Offer").categories({"CRM
///     Track"});
class MessageBuilder {
public:
    MessageBuilder();

    MessageBuilder& id(std::string id);
    MessageBuilder& version(std::string version);
    MessageBuilder& folder(std::string folder);
    MessageBuilder& from(std::string address, std::string name = "");
    MessageBuilder& sender(std::string address);
    MessageBuilder& no_from();
    template <class... Addresses>
    MessageBuilder& to(Addresses... addresses)
    {
        return recipients(item_.participants.to, Role::to, {std::string(addresses)...});
    }
    template <class... Addresses>
    MessageBuilder& cc(Addresses... addresses)
    {
        return recipients(item_.participants.cc, Role::cc, {std::string(addresses)...});
    }
    template <class... Addresses>
    MessageBuilder& bcc(Addresses... addresses)
    {
        return recipients(item_.participants.bcc, Role::bcc, {std::string(addresses)...});
    }
    MessageBuilder& subject(std::string subject);
    MessageBuilder& categories(std::vector<std::string> categories);
    MessageBuilder& categories_not_said();
    MessageBuilder& message_id(std::string id);
    MessageBuilder& in_reply_to(std::string id);
    MessageBuilder& references(std::vector<std::string> ids); ///< oldest first
    MessageBuilder& at(Timestamp received);                   ///< sent a minute before
    MessageBuilder& draft();
    MessageBuilder& message_class(std::string name);
    MessageBuilder& sensitivity(Sensitivity sensitivity);
    MessageBuilder& sensitivity_unknown();
    MessageBuilder& automatic(std::string header);
    MessageBuilder& keywords(std::vector<std::string> keywords);
    MessageBuilder& headers_unread(); ///< as phase 1 leaves it

    operator Item() const { return item_; }
    Item item() const { return item_; }

private:
    MessageBuilder& recipients(Said<Participants>& list, Role role,
                               std::vector<std::string> addresses);
    AutomaticMail& headers();
    Item item_;
};
inline MessageBuilder message() { return {}; }

/// What the store knows of an item; nothing, unless said.
class KnownBuilder {
public:
    KnownBuilder& outcome(std::string word);
    KnownBuilder& orphan(); ///< ignored, with a state of ours from before
    KnownBuilder& pinned();
    KnownBuilder& staged();
    KnownBuilder& held(std::string rule);
    KnownBuilder& corrected(int times); ///< today
    KnownBuilder& restoring();          ///< what was taken off is owed again
    KnownBuilder& parked();
    KnownBuilder& owed(StateCategory state);
    /// When that was decided, or given up.
    KnownBuilder& carried(std::vector<std::string> categories);
    KnownBuilder& takes_off(std::string category); ///< the owed write, besides
    /// With labels that are still on it; with one more that is not, where `gone`.
    KnownBuilder& read_with(std::vector<std::string> labels, bool gone = false);
    /// Linked to activity 1, CRM Tracked written and seen, by a person.
    KnownBuilder& linked();
    KnownBuilder& seen(StateCategory state);
    KnownBuilder& by_rule();
    KnownBuilder& shared();
    KnownBuilder& removed_from_crm();
    KnownBuilder& about(int record, std::string category = "");

    operator KnownItem() const { return known_; }

private:
    KnownItem::Link& link();
    KnownItem known_;
};
inline KnownBuilder known() { return {}; }

/// What a page's question to the CRM brought. What follows a record belongs to it:
///
///     crm().record(1, "account", "Adventure Works").owns("adventure.example")
///          .record(2, "contact", "Ann").under(1).holds("ann@adventure.example")
class CrmBuilder {
public:
    CrmBuilder& record(int n, std::string type, std::string name);
    CrmBuilder& holds(std::string_view address);
    CrmBuilder& owns(std::string_view domain);
    CrmBuilder& numbered(std::string number);
    CrmBuilder& under(int parent);
    CrmBuilder& owned_by(int record);
    /// A stored message; about no record where `regarding` is 0.
    CrmBuilder& stored(std::string message_id, int regarding = 0);
    CrmBuilder& removed();                           ///< the stored message before is a tombstone
    CrmBuilder& had_external();                      ///< somebody outside took part in it
    CrmBuilder& linked_here(std::string tracked_by); ///< the mailbox that decides holds it so
    CrmBuilder& mailbox(std::string_view address, int owner);
    /// Another address of a user or team with an enabled mailbox.
    CrmBuilder& alias(std::string_view address, int owner);
    CrmBuilder& label_by_number(const std::string& folded, std::vector<int> records);
    CrmBuilder& label_by_name(const std::string& folded, std::vector<int> records);
    CrmBuilder& label_by_prefix(const std::string& folded, std::vector<int> records);

    operator Candidates() const { return candidates_; }

private:
    Record& current();
    Candidates candidates_;
    RecordId current_;
    std::string message_;
};
inline CrmBuilder crm() { return {}; }

} // namespace crmsync::test
