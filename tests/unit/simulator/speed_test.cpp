#include "base/clock.hpp"
#include "running_simulator.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <iostream>

using namespace crmsync::sim;
using namespace crmsync::sim::test;

// Not part of a normal run: prints what a client of one connection gets from the simulator.
TEST_CASE("how many messages a second the simulator gives away", "[.][speed]")
{
    Running sim;
    constexpr std::size_t mailboxes = 100, messages = 10'000;
    const auto begin = std::chrono::steady_clock::now();
    sim.server.run([&](Script& s) {
        Seed seed{.count = messages, .body_size = 4096};
        for (std::size_t i = 0; i < mailboxes; ++i)
            seed.mailboxes.push_back(
                s.create_mailbox({.upn = fmt::format("user{}@contoso.example", i)}).id());
        s.seed(seed);
    });
    const auto seconds_since = [](auto start) {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    std::cout << fmt::format("seeding {} messages: {:.2f} s\n", messages, seconds_since(begin));

    const std::string prefer = sim.immutable + ", odata.maxpagesize=500";
    const auto reading = std::chrono::steady_clock::now();
    std::vector<std::pair<std::string, std::string>> items;
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < mailboxes; ++i) {
        const std::string user = fmt::format("user{}@contoso.example", i);
        const Response page = sim.get(
            "/users/" + user +
                "/mailFolders/inbox/messages/"
                "delta?$select=changeKey,parentFolderId,conversationId,conversationIndex,subject,"
                "from,sender,replyTo,toRecipients,ccRecipients,bccRecipients,internetMessageId,"
                "sentDateTime,receivedDateTime,createdDateTime,lastModifiedDateTime,categories,"
                "isDraft,hasAttachments&$expand=singleValueExtendedProperties($filter=id%20eq%20'"
                "String%200x1042'%20or%20id%20eq%20'String%200x1039'%20or%20id%20eq%20'Integer%"
                "200x36'%20or%20id%20eq%20'String%200x1A'%20or%20id%20eq%20'Integer%200xE08')",
            prefer);
        bytes += page.body.size();
        std::string_view rest = page.body;
        for (std::size_t at = 0; (at = rest.find(R"("id":"AAkALg)", at)) != std::string_view::npos;
             ++at)
            items.emplace_back(user, rest.substr(at + 6, 72));
    }
    const double delta = seconds_since(reading);
    std::cout << fmt::format("delta pages: {} rows, {:.0f} rows/s, {:.0f} MB/s\n", items.size(),
                             static_cast<double>(items.size()) / delta,
                             static_cast<double>(bytes) / delta / 1e6);
    REQUIRE(items.size() == messages);

    const auto bodies = std::chrono::steady_clock::now();
    bytes = 0;
    for (std::size_t i = 0; i < items.size(); i += 20) {
        std::string body = R"({"requests":[)";
        for (std::size_t j = i; j < i + 20 && j < items.size(); ++j) {
            body += j == i ? "" : ",";
            body += R"({"method":"GET","headers":{"Prefer":"IdType=\"ImmutableId\""},"id":")";
            body += std::to_string(j);
            body += R"(","url":"/users/)" + items[j].first + "/messages/" + items[j].second;
            body += "?$select=subject,body,changeKey&$expand=attachments($select=id,name,"
                    "contentType,size,isInline)\"}";
        }
        const Response response = sim.call("POST", "/$batch", body + "]}");
        REQUIRE(response.status == 200);
        bytes += response.body.size();
    }
    const double reads = seconds_since(bodies);
    std::cout << fmt::format("bodies by batch: {:.0f} messages/s, {:.0f} MB/s\n",
                             static_cast<double>(items.size()) / reads,
                             static_cast<double>(bytes) / reads / 1e6);
}
