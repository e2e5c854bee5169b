#pragma once

#include "simulator/mailbox.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace crmsync::sim {

/// A place where an item came to lie.
struct Placed {
    Mailbox* mailbox;
    Item* item;
};

/// Another clock that is wrong.
class WrongClock final : public Clock {
public:
    explicit WrongClock(Clock& right) : right_(right) {}
    Timestamp now() const override { return right_.now() + ahead; }
    boost::asio::awaitable<void> sleep_until(Timestamp at) override
    {
        return right_.sleep_until(at - ahead);
    }

    std::chrono::seconds ahead{0};

private:
    Clock& right_;
};

/// The mailboxes of one tenant and the post between them. Used from one thread.
class World {
public:
    explicit World(Clock& clock) : clock_(clock) {}

    Clock& clock() { return clock_; }
    /// How far the service's clock is ahead of the one it was given.
    void set_clock_ahead(std::chrono::seconds by) { clock_.ahead = by; }
    Mailbox& add_mailbox(MailboxSpec spec);
    /// By id or user principal name, without regard to case.
    Mailbox* find(std::string_view id_or_upn);
    Mailbox* by_address(std::string_view address);
    /// Gives the mailbox's user another principal name and address; its id stays. The old address
    /// is nobody's then.
    void rename_user(Mailbox& mailbox, const std::string& upn);
    const std::vector<std::unique_ptr<Mailbox>>& mailboxes() const { return mailboxes_; }

    /// Carries a message to the inbox of each addressed mailbox of this world and, where the sender
    /// has one here, a copy to Sent Items. The sender's copy is the first of the answer.
    std::vector<Placed> deliver(const Mail& given);
    /// To the recipients' inboxes only: what a draft that was sent, or sendMail, does.
    std::vector<Placed> deliver_received(const Mail& mail, std::uint64_t conversation,
                                         const std::string& conversation_index);
    /// Puts one item into a folder, as if it had always been there.
    Item& put(Mailbox& mailbox, Folder& folder, const Mail& mail);
    /// An item made of `mail` that is in no mailbox yet.
    Item make_item(const Mail& mail);
    Mail mail_of(const Item& item) const;

    std::string new_message_id();

private:
    void join_conversation(Item& item);

    WrongClock clock_;
    std::vector<std::unique_ptr<Mailbox>> mailboxes_;
    std::unordered_map<std::string, Mailbox*> by_name_;
    struct Thread {
        std::uint64_t key;
        std::string index;
    };
    std::unordered_map<std::uint64_t, Thread> threads_; ///< by hash of the message id
    std::uint64_t messages_ = 0;
};

} // namespace crmsync::sim
