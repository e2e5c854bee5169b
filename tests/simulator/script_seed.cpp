#include "simulator/script.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace crmsync::sim {

void Script::seed(const Seed& seed)
{
    constexpr std::array topics{"Offer",    "Delivery date", "Angebot",  "Question about invoice",
                                "Meeting",  "Spare parts",   "Rechnung", "Complaint",
                                "Commande", "Förfrågan"};
    if (seed.mailboxes.empty())
        return;
    const Timestamp now = std::chrono::floor<std::chrono::seconds>(world_.clock().now());
    for (std::size_t i = 0; i < seed.count; ++i) {
        Item item;
        item.message_id =
            fmt::format("<seed.{}.{}@{}>", world_.new_message_id().substr(1, 16), i, seed.domain);
        item.subject = fmt::format("{} {}", topics[i % topics.size()], i + 1);
        item.body.window_size = static_cast<std::uint32_t>(seed.body_size);
        item.body.window_offset = static_cast<std::uint32_t>(hash64(item.message_id));
        item.body.html = true;
        const std::size_t person = i % 200;
        item.from = item.sender = Address{fmt::format("Person {}", person),
                                          fmt::format("person{}@{}", person, seed.domain)};
        item.created = item.modified = item.received =
            now - seed.apart * static_cast<long>(seed.count - i);
        item.sent = item.received - std::chrono::seconds(2);
        item.conversation = hash64(item.message_id);
        item.conversation_index = std::string("\x01", 1) + item.message_id.substr(1, 21);
        // Spread evenly: item i is tagged where the running total passes a whole number.
        if (static_cast<std::size_t>(static_cast<double>(i + 1) * seed.tagged) >
            static_cast<std::size_t>(static_cast<double>(i) * seed.tagged))
            item.categories.push_back(seed.category);
        for (std::size_t copy = 0; copy < std::max<std::size_t>(1, seed.copies); ++copy) {
            const std::string& name = seed.mailboxes[(i + copy) % seed.mailboxes.size()];
            Mailbox& box = mailbox(name);
            if (copy == 0) {
                item.to.push_back({box.spec().display_name, box.spec().upn});
                for (std::size_t r = 1; r < seed.recipients; ++r)
                    item.to.push_back({fmt::format("Colleague {}", r),
                                       fmt::format("colleague{}@{}", r, seed.domain)});
            }
            box.add(folder(name, seed.folder), item);
        }
    }
}

} // namespace crmsync::sim
