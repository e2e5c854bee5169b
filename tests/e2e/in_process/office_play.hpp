#pragma once

#include "e2e/in_process/letters.hpp"
#include "e2e/in_process/office.hpp"
#include "e2e/in_process/office_step.hpp"

#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace crmsync::test {

/// The office twice: as the reference tells it, and with the service on a stage.
class OfficePlay {
public:
    OfficePlay();

    void perform(const OfficeStep& step);
    /// Waits until all is quiet. Empty, or where the two disagree and what had happened.
    std::string disagreement();

private:
    using Deed = OfficeStep::Deed;
    using Mishap = OfficeStep::Mishap;
    struct Place {
        Office::Message* message;
        Office::Copy* copy;
    };

    void deliver(int which, int how);
    void deliver_again(int which, int how);
    void send_draft(int which, int how);
    void act_on_copy(const OfficeStep& step);
    void think_better(const Place& place);
    void move(const Place& place, int how);
    void copy(const Place& place);
    void label(const Place& place, int how);
    void burst(std::size_t mailbox);
    void answer_held(std::size_t mailbox, bool confirm);
    void enable_or_not(std::size_t mailbox);
    void change_policy(int how);
    void grace();
    void suffer(Mishap mishap, int how);

    Office::Copy put(const Office::Message& message, std::size_t mailbox, std::string folder,
                     std::set<std::string> categories);
    Letter letter_of(const Office::Message& message) const;
    Office::Copy named(const Office::Message& message, std::size_t mailbox,
                       const sim::ItemRef& item);
    void set_categories(const Place& place);
    std::vector<Place> places();
    void tell(std::string line)
    {
        story_.push_back(std::move(line));
        quiet_ = false;
    }
    bool is_fresh(std::size_t message) const { return unsettled_.contains(message); }
    void quieten();
    bool keeps_below_guard(std::size_t mailbox);
    std::vector<std::string> facts();

    Stage stage_;
    Office office_;
    std::array<MailboxId, 3> mailboxes_;
    std::map<std::string, sim::ItemRef> items_; ///< by the name of their copy
    std::map<std::size_t, Timestamp> sent_;     ///< of messages
    std::set<std::size_t> unsettled_;           ///< messages of steps that nobody waited for
    bool quiet_ = true;                         ///< nothing happened since it was waited for
    bool disturbed_ = false;                    ///< by a mishap since then
    std::map<std::size_t, std::vector<Timestamp>> removals_; ///< by mailbox
    std::vector<std::string> story_;
};

} // namespace crmsync::test
