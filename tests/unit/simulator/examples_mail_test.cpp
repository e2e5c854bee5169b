#include "examples.hpp"

using namespace crmsync::sim;
using namespace crmsync::sim::test;

TEST_CASE("the documentation's examples of reading mail get answers of the same shape")
{
    if (skipped())
        return;
    Replay sim;
    for (const std::string name :
         {"message-get", "message-get-body-as-text", "message-get-internetmessageheaders",
          "message-list", "message-attachments-list", "attachment-get-file", "mailfolder-get"}) {
        INFO(name);
        for (const Exchange& exchange : read_example(name))
            sim.check(exchange);
    }
    for (const Exchange& exchange : read_example("mailfolder-list"))
        sim.check(exchange, {"isSupported", "filterQuery", "@odata.type"}); // of a search folder
    sim.check(read_example("extended-property-get-filter").front(),
              {"@odata.id", "singleValueExtendedProperties@odata.context"});
    const auto mime = sim.replay(read_example("message-get-mime").front());
    CHECK(mime.header("Content-Type") == "text/plain");
    CHECK(mime.body.find("Message-ID: ") != std::string::npos);
}

TEST_CASE(
    "the documentation's examples of attachments of other kinds get answers of the same shape")
{
    if (skipped())
        return;
    Replay sim;
    Attachment nested;
    nested.kind = Attachment::Kind::item;
    nested.name = "Reminder";
    auto inner = std::make_shared<Item>();
    inner->from = inner->sender = Address{"A", "a@b.example"};
    inner->to = {{"Ann", sim.ann}};
    inner->cc = {{"Bob", sim.bob}};
    inner->subject = "Reminder";
    inner->body.text = std::make_shared<const std::string>("x");
    nested.item = inner;
    sim.attachment = sim.add_attachment(nested);
    const auto item = read_example("attachment-get-item");
    sim.check(item.at(0));
    sim.check(item.at(1), {"item@odata.context", "internetMessageHeaders"});
    Attachment reference;
    reference.kind = Attachment::Kind::reference;
    reference.name = "Plan.docx";
    reference.content_type = "application/msword";
    sim.attachment = sim.add_attachment(reference);
    sim.check(read_example("attachment-get-reference").front());
    CHECK(sim.get(sim.message(sim.item, "/attachments/" + sim.attachment + "/$value")).status ==
          405);
}

TEST_CASE("the documentation's examples of writing mail get answers of the same shape")
{
    if (skipped())
        return;
    Replay sim;
    const auto categories = read_example("message-update-categories");
    Exchange write = categories.at(0);
    sim.check(write);
    CHECK(sim.call("PATCH", sim.message(sim.item), write.body, {{"If-Match", "W/\"stale\""}})
              .status == categories.at(1).status);
    sim.check(read_example("message-move").front());
    for (const std::string name : {"draft-create", "draft-create-custom-headers"})
        sim.check(read_example(name).front());
    sim.check(read_example("attachment-add-file-small").front());
    const auto reply = sim.call("POST", sim.message(sim.item, "/createReply"));
    CHECK(reply.status == 201);
    compare(*read_example("draft-create-reply").front().answer, reply.json(), "answer", {});

    const std::string draft = sim.server.run([&](Script& s) {
        return s.draft(sim.ann, Mail{.to = {{"", sim.bob}}, .subject = "draft"}).id;
    });
    const auto update = read_example("draft-update-body");
    const ItemRef received = sim.item;
    sim.item.id = draft;
    sim.check(update.at(0));
    sim.replay(read_example("draft-send").front());
    sim.item = received;
    const auto refused = sim.replay(Exchange{.method = "PATCH",
                                             .target = "https://x/v1.0/me/messages/1",
                                             .body = update.at(0).body,
                                             .headers = {{"Content-Type", "application/json"}},
                                             .status = update.at(1).status});
    compare(*update.at(1).answer, refused.json(), "answer", {});
    for (const Exchange& exchange : read_example("mail-send-direct"))
        sim.replay(exchange);
    sim.replay(read_example("message-delete").front());
}

TEST_CASE("the documentation's examples of categories get answers of the same shape")
{
    if (skipped())
        return;
    Replay sim;
    sim.check(read_example("mastercategories-list").front());
    sim.category = text(sim.check(read_example("mastercategories-create").front()).json(), "id");
    sim.check(read_example("mastercategories-update").front());
    sim.replay(read_example("mastercategories-delete").front());
}

TEST_CASE("the documentation's mail in MIME form is taken, and refused where it is no base64")
{
    if (skipped())
        return;
    Replay sim;
    const auto example = read_example("mail-send-mime");
    REQUIRE(example.size() == 3);
    Exchange send = example[0];
    send.body.resize(send.body.size() / 4 * 4); // the documentation breaks off in the middle
    sim.replay(send);
    Exchange draft = example[1];
    draft.body = draft.body.substr(0, draft.body.find("..."));
    draft.body.resize(draft.body.size() / 4 * 4);
    sim.check(draft,
              {"from", "sender", "toRecipients"}); // in the part that the documentation leaves out
    Exchange refused = example[1];
    refused.status = example[2].status;
    refused.body = "no base64!";
    compare(*example[2].answer, sim.replay(refused).json(), "answer", {});
}

TEST_CASE("the documentation's ids, preferences, properties and raw contents come like ours")
{
    if (skipped())
        return;
    Replay sim;
    const Exchange translate = read_example("translate-exchange-ids").front();
    const std::string default_id = text(sim.get(sim.message(sim.item)).json(), "id");
    Exchange ours = translate;
    json::value body = json::parse(translate.body);
    for (json::value& id : body.at("inputIds").as_array())
        id = default_id;
    ours.body = json::serialize(body);
    const auto translated = sim.check(ours);
    CHECK(text(translated.json().at("value").at(0), "targetId") == sim.item.id);

    const Exchange prefer = read_example("headers-prefer").front();
    const auto answer =
        sim.get(sim.inbox("/messages/delta?$select=subject"),
                R"(IdType="ImmutableId", odata.maxpagesize=50, outlook.body-content-type="text")");
    CHECK(answer.status == prefer.status);
    CHECK(answer.header("Preference-Applied") ==
          R"(IdType="ImmutableId", odata.maxpagesize=50, outlook.body-content-type="text")");

    CHECK(sim.call("PATCH", sim.message(sim.item),
                   read_request_bodies("extended-property-create-patch").back())
              .status == 200);
    for (const Exchange& exchange : read_example("attachment-get-raw-value"))
        CHECK(sim.replay(exchange).body == "abc");
}

TEST_CASE("every example of mail and sign-in is replayed, or its reason is known")
{
    if (skipped())
        return;
    std::set<std::string> missing = replayed_examples();
    for (const std::string& name : example_files()) {
        const auto reason =
            std::find_if(skipped_examples().begin(), skipped_examples().end(),
                         [&](const auto& one) { return name.starts_with(one.first); });
        INFO(name);
        CHECK(replayed_examples().contains(name) == (reason == skipped_examples().end()));
        missing.erase(name);
    }
    CHECK(missing == std::set<std::string>());
}
