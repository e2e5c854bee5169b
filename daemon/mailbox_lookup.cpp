#include "mailbox_lookup.hpp"

#include "base/failure.hpp"
#include "store/mailboxes.hpp"

namespace crmsync {

Address address_argument(const std::string& text)
{
    const std::optional<Address> address = parse_address(text);
    if (!address)
        throw UsageError("\"" + text + "\" is no mail address; write it as ann@example.com");
    return *address;
}

boost::asio::awaitable<Mailbox> find_mailbox(pg::Pool& pool, std::string address)
{
    store::Mailboxes mailboxes(pool);
    const std::vector<Mailbox> found = co_await mailboxes.by_address(address_argument(address));
    if (found.empty())
        throw Failure(Reaction::stop, "mailbox.unknown",
                      "no mailbox " + address +
                          "; crmsync mailbox list shows them, crmsync mailbox add adds one");
    if (found.size() > 1)
        throw Failure(Reaction::stop, "mailbox.ambiguous",
                      "the mailbox " + address +
                          " is followed at several providers; remove all but one");
    co_return found.front();
}

} // namespace crmsync
