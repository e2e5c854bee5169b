#pragma once

#include "base/timestamp.hpp"
#include "model/candidates.hpp"
#include "model/label.hpp"
#include "pg/pool.hpp"

#include <boost/asio/awaitable.hpp>

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync::store {

/// How a regarding category stands with a mailbox's master list. The words of
/// sync.published_label.state.
enum class LabelState {
    adding,   ///< to be put there
    listed,   ///< the service put it there
    theirs,   ///< offered, but somebody else had put it there
    removing, ///< not offered any more, and to be taken off
    gone      ///< not offered any more; if it is there, then by somebody else
};
std::string_view to_string(LabelState);

/// A regarding category that is offered in a mailbox's list, or once was.
struct PublishedLabel {
    std::string category; ///< with the prefix, as it stands in the list
    std::string label;    ///< label_key() of what stands behind it
    RecordId record;
    LabelState state = LabelState::adding;

    bool offered() const { return state != LabelState::removing && state != LabelState::gone; }
    friend bool operator==(const PublishedLabel&, const PublishedLabel&) = default;
};

struct PinChange {
    bool news = false;                ///< it was not so before
    std::vector<MailboxId> mailboxes; ///< to be woken
};

/// sync.published_label and store.record_pin: the records a user can pick as a category.
class Labels {
public:
    explicit Labels(pg::Pool& pool) : pool_(pool) {}

    /// What a mailbox should offer: open records its owner pinned, then the newest open
    /// opportunities and cases the owner has, at most `limit` together.
    boost::asio::awaitable<std::vector<LabelledRecord>> wanted(MailboxId mailbox, int limit);
    boost::asio::awaitable<std::vector<PublishedLabel>> published(MailboxId mailbox);
    /// New ones, and those of the same category as they are from now on.
    boost::asio::awaitable<void> write(Fence fence, std::vector<PublishedLabel> labels);
    /// All that were `adding` are in the list, or all that were `removing` are not.
    boost::asio::awaitable<void> carried_out(Fence fence, LabelState state);
    /// The list could not be changed.
    boost::asio::awaitable<void> ask_later(Fence fence, Timestamp due_at);

    /// The user's mailboxes are asked to look at their lists.
    boost::asio::awaitable<PinChange> pin(RecordId user, RecordId record);
    boost::asio::awaitable<PinChange> unpin(RecordId user, RecordId record);

private:
    boost::asio::awaitable<PinChange> change_pin(pg::Statement change, RecordId user,
                                                 RecordId record);
    pg::Pool& pool_;
};

/// Fills in what the mailbox was offered under these labels (LabelHits::published).
boost::asio::awaitable<void> find_published(pg::Connection& connection, MailboxId mailbox,
                                            const std::set<std::string>& labels, Candidates& found);

} // namespace crmsync::store
