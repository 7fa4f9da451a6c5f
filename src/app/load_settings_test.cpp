#include "app/load_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/testing/fake_files.h"

namespace galley::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class LoadSettings : public testing::Test {
 protected:
    void write(const std::string& path, std::string_view text) {
        ASSERT_TRUE(files_.make_folders("/etc/galley"));
        ASSERT_TRUE(files_.write(path, {text}, os::Files::Sync::No));
    }
    Result<LoadedSettings> load() { return load_settings(sources_, files_); }
    std::vector<std::string> faults() {
        const Result<LoadedSettings> loaded = load();
        std::vector<std::string> lines;
        if (loaded) return lines;
        for (const FieldError& fault : loaded.error().fields) lines.push_back(fault.pointer + ": " + fault.message);
        return lines;
    }
    static std::string origin_of(const LoadedSettings& loaded, std::string_view key) {
        return loaded.origins[static_cast<std::size_t>(find_setting(key) - settings().data())];
    }

    os::FakeFiles files_;
    SettingSources sources_;
};

TEST_F(LoadSettings, NothingGivenIsTheDefaults) {
    const Result<LoadedSettings> loaded = load();
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->file, "");
    EXPECT_EQ(loaded->config.drain_grace, std::chrono::seconds(20));
    EXPECT_EQ(origin_of(*loaded, "server.drain_grace"), "default");
}

TEST_F(LoadSettings, FlagsWinOverEnvironmentOverFile) {
    write(kDefaultSettingsFile, "[server]\nworkers = 1\ndrain_grace = \"1s\"\ndata = \"by-file\"\n");
    sources_.environment = {{"GALLEY_WORKERS", "2"}, {"GALLEY_DRAIN_GRACE", "2s"}};
    sources_.flags = {{"--workers", "3"}};
    const Result<LoadedSettings> loaded = load();
    ASSERT_TRUE(loaded) << loaded.error().to_string();
    EXPECT_EQ(loaded->config.workers, 3);
    EXPECT_EQ(loaded->config.drain_grace, std::chrono::seconds(2));
    EXPECT_EQ(loaded->config.data_folder, "by-file");
    EXPECT_EQ(origin_of(*loaded, "server.workers"), "--workers");
    EXPECT_EQ(origin_of(*loaded, "server.drain_grace"), "GALLEY_DRAIN_GRACE");
    EXPECT_EQ(origin_of(*loaded, "server.data"), "/etc/galley/galley.toml:4:1");
}

TEST_F(LoadSettings, OldNamesKeepTheirUnitAndGiveWayToTheNewOnes) {
    sources_.environment = {{"GALLEY_DRAIN_SECONDS", "0.5"}, {"GALLEY_CACHE_MEMORY_MB", "7"}};
    sources_.flags = {{"--cache-disk-mb", "3"}};
    ASSERT_TRUE(load());
    EXPECT_EQ(load()->config.drain_grace, Duration(500));
    EXPECT_EQ(load()->config.cache_memory_bytes, 7'000'000u);
    EXPECT_EQ(load()->config.cache_disk_bytes, 3'000'000u);
    sources_.environment["GALLEY_DRAIN_GRACE"] = "4s";
    EXPECT_EQ(load()->config.drain_grace, std::chrono::seconds(4));
}

TEST_F(LoadSettings, AnEmptyVariableCountsAsNotSet) {
    sources_.environment = {{"GALLEY_WORKERS", ""}, {"GALLEY_JWT_SECRET", ""}};
    ASSERT_TRUE(load());
}

TEST_F(LoadSettings, EveryFaultIsToldAtOnceWithItsPlace) {
    write("/etc/galley/other.toml",
          "[http]\nlisten = \"nowhere\"\nthreads = \"two\"\nlisen = \"x\"\n\n[htp]\na = 1\nb = 2\n\n[log]\nlevel = "
          "\"loud\"\n");
    sources_.file = "/etc/galley/other.toml";
    sources_.environment = {{"GALLEY_WORKERS", "-1"}};
    sources_.flags = {{"--http-idle-timeout", "75"}};
    EXPECT_THAT(faults(),
                testing::UnorderedElementsAre(
                    "/etc/galley/other.toml:2:1: http.listen: ADDRESS:PORT is expected, as in 127.0.0.1:8000",
                    "/etc/galley/other.toml:3:1: http.threads: a whole number is expected, found string",
                    "/etc/galley/other.toml:4:1: http.lisen: is no known key; did you mean http.listen?",
                    "/etc/galley/other.toml:6:2: htp: is no known table",
                    "/etc/galley/other.toml:11:1: log.level: one of debug, info, warning, error, off is expected",
                    "GALLEY_WORKERS: server.workers: -1 is below the least, 0",
                    HasSubstr("--http-idle-timeout: http.idle_timeout: a time with its unit")));
}

TEST_F(LoadSettings, AValueThatIsOverriddenIsCheckedAsWell) {
    write(kDefaultSettingsFile, "[server]\nworkers = 9999\n");
    sources_.flags = {{"--workers", "3"}};
    EXPECT_THAT(faults(), ElementsAre("/etc/galley/galley.toml:2:1: server.workers: 9999 is beyond the most, 1024"));
}

TEST_F(LoadSettings, AFileThatIsNotTomlIsOneFaultWithItsPlace) {
    write(kDefaultSettingsFile, "[http\nlisten=1");
    EXPECT_THAT(faults(), ElementsAre(HasSubstr("/etc/galley/galley.toml:1:")));
}

TEST_F(LoadSettings, BracketsThatLeadNowhereAreAFaultOfTheFile) {
    for (const char* text : {"[[[[1]]]]", "[[[", "[", "[[", "[=]", "[[#]]", "[a.[b]]", "a.[ = 1"}) {
        write(kDefaultSettingsFile, text);
        EXPECT_THAT(faults(), ElementsAre(HasSubstr("/etc/galley/galley.toml:1:"))) << text;
    }
}

TEST_F(LoadSettings, LettersBeyondAsciiBelongIntoQuotesAndComments) {
    for (const char* text :
         {"# größe\n5Ͱ = 1", "\nsize = 1 é", "a = '''é\n'''ß", "a = \"\"\"é\"\"\"\"\"\nß = 1", "a = \"\\\"\"\né",
          "\na = \"\\é\"", "\na = \"\\uкAAA\"", "\na = 1979'é'", "\na = 0.\"é\"", "\na = \"\"\"\\\\\\ﱿ\"\"\""}) {
        write(kDefaultSettingsFile, text);
        EXPECT_THAT(faults(), ElementsAre(testing::AllOf(HasSubstr("galley.toml:2:"), HasSubstr("is not TOML"))))
            << text;
    }
    write(kDefaultSettingsFile,
          "\xEF\xBB\xBF# größe\n[server]\ndata = '/srv/größe'  # é\n'x'.\"y\" = [\n 'é', \"\"\"\\\n  ü\"\"\"]\n");
    EXPECT_THAT(faults(), ElementsAre(HasSubstr("server.x: is no known table")));  // it is TOML
}

TEST_F(LoadSettings, AFileThatWasNamedMustBeThere) {
    sources_.environment = {{"GALLEY_CONFIG", "/nowhere.toml"}};
    EXPECT_THAT(faults(), ElementsAre(HasSubstr("/nowhere.toml")));
}

TEST_F(LoadSettings, AnEmptyGalleyConfigMeansNoFile) {
    write(kDefaultSettingsFile, "[server]\nworkers = 5\n");
    EXPECT_EQ(load()->config.workers, 5);
    sources_.environment = {{"GALLEY_CONFIG", ""}};
    EXPECT_EQ(load()->config.workers, 0);
    sources_.file = kDefaultSettingsFile;
    EXPECT_EQ(load()->config.workers, 5);
}

TEST_F(LoadSettings, ASecretInTheFileIsRefusedWithoutShowingIt) {
    write(kDefaultSettingsFile, "[auth]\njwt_secret = \"a secret that is quite long enough\"\n");
    ASSERT_EQ(faults().size(), 1u);
    EXPECT_THAT(faults()[0], HasSubstr("galley.toml:2:1: auth.jwt_secret: "));
    EXPECT_THAT(faults()[0], HasSubstr("auth.jwt_secret_file"));
    EXPECT_THAT(faults()[0], testing::Not(HasSubstr("quite long")));
}

TEST_F(LoadSettings, ASecretComesFromFlagThenVariableThenItsFileThenTheKey) {
    write("/etc/galley/a", "from a\nsecond line\n");
    write("/etc/galley/b", "from b");
    write("/etc/galley/c", "from c\r\n");
    write(kDefaultSettingsFile, "[auth]\njwt_secret_file = \"/etc/galley/a\"\n");
    EXPECT_EQ(load()->config.jwt_secret, "from a");
    sources_.environment["GALLEY_JWT_SECRET_FILE"] = "/etc/galley/b";
    EXPECT_EQ(load()->config.jwt_secret, "from b");
    sources_.environment["GALLEY_JWT_SECRET"] = "directly";
    EXPECT_EQ(load()->config.jwt_secret, "directly");
    sources_.flags["--jwt-secret-file"] = "/etc/galley/c";
    EXPECT_EQ(load()->config.jwt_secret, "from c");
}

TEST_F(LoadSettings, ASecretFileThatIsMissingOrEmptyIsAFault) {
    write("/etc/galley/empty", "\n");
    for (const char* path : {"/etc/galley/none", "/etc/galley/empty"}) {
        sources_.environment = {{"GALLEY_JWT_SECRET_FILE", path}};
        EXPECT_THAT(faults(), ElementsAre(HasSubstr("GALLEY_JWT_SECRET_FILE: auth.jwt_secret_file: ")));
    }
}

TEST_F(LoadSettings, WhoHasNoUseForSecretsReadsNone) {
    write(kDefaultSettingsFile, "[auth]\njwt_secret_file = \"/etc/galley/none\"\n");
    sources_.secrets = Secrets::Ignored;
    const Result<LoadedSettings> loaded = load();
    ASSERT_TRUE(loaded) << loaded.error().to_string();
    EXPECT_EQ(loaded->config.jwt_secret, "");
    sources_.environment = {{"GALLEY_JWT_SECRET_FILE", "/etc/galley/none"}};
    EXPECT_TRUE(load());
    sources_.secrets = Secrets::Read;
    EXPECT_FALSE(load());
}

TEST_F(LoadSettings, UnknownVariablesAreNamed) {
    EXPECT_THAT(unknown_variables(
                    {{"GALLEY_WORKER", "1"}, {"GALLEY_WORKERS", "1"}, {"GALLEY_JWT_SECRET_FILE", "x"}, {"HOME", "/"}}),
                ElementsAre("GALLEY_WORKER"));
}

}  // namespace
}  // namespace galley::app
