#include "mailbox_lookup.hpp"

#include "base/failure.hpp"
#include "base/text.hpp"
#include "store/mailboxes.hpp"

namespace crmsync {

Address address_argument(const std::string& text)
{
    const std::optional<Address> address = parse_address(text);
    if (!address)
        throw UsageError("\"" + text + "\" is no mail address; write it as ann@example.com");
    return *address;
}

CLI::Option* add_provider_option(CLI::App& command, std::optional<std::string>& provider)
{
    return command
        .add_option("--provider", provider, "Of the mailbox, where several have one of the address")
        ->type_name("NAME");
}

boost::asio::awaitable<Mailbox> find_mailbox(pg::Pool& pool, MailboxArgument argument)
{
    store::Mailboxes mailboxes(pool);
    std::vector<Mailbox> found = co_await mailboxes.by_address(address_argument(argument.address));
    std::string of_provider;
    if (argument.provider) {
        of_provider = " at the provider " + *argument.provider;
        std::erase_if(found, [&](const Mailbox& m) { return m.provider != *argument.provider; });
    }
    if (found.empty())
        throw Failure(Reaction::stop, "mailbox.unknown",
                      "no mailbox " + argument.address + of_provider +
                          "; crmsync mailbox list shows them, crmsync mailbox add adds one");
    if (found.size() > 1) {
        std::vector<std::string> providers;
        for (const Mailbox& mailbox : found)
            providers.push_back("--provider " + mailbox.provider);
        throw Failure(
            Reaction::stop, "mailbox.ambiguous",
            "the mailbox " + argument.address +
                " is followed at several providers; say which: " + join(providers, " or "));
    }
    co_return found.front();
}

} // namespace crmsync
