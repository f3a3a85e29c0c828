using Analytics.Worker.Enriching;

namespace Analytics.Worker.Tests.Enriching;

public sealed class AgentFamiliesTests
{
    private const string Win = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
    private const string Droid = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)";
    private const string Phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";

    [Theory]
    [InlineData(Win, "Chrome", "Windows")]
    [InlineData(Win + " Edg/131.0.0.0", "Edge", "Windows")]
    [InlineData(Win + " OPR/116.0.0.0", "Opera", "Windows")]
    [InlineData(Win + " Vivaldi/7.0", "Vivaldi", "Windows")]
    [InlineData(Win + " YaBrowser/24.10", "Yandex Browser", "Windows")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko", "Internet Explorer", "Windows")]
    [InlineData("Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)", "Internet Explorer", "Windows")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox", "Windows")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox One) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edge/44.18", "Edge", "Xbox")]
    [InlineData("Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) AppleWebKit/537.36 Chrome/52.0 Mobile Safari/537.36 Edge/15.15", "Edge", "Windows Phone")]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15", "Safari", "macOS")]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox", "macOS")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36", "Chrome", "Linux")]
    [InlineData("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox", "Linux")]
    [InlineData("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36", "Chrome", "ChromeOS")]
    [InlineData("Mozilla/5.0 (X11; FreeBSD amd64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox", "BSD")]
    [InlineData(Phone + " Version/18.1 Mobile/15E148 Safari/604.1", "Safari", "iOS")]
    [InlineData(Phone + " CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1", "Chrome", "iOS")]
    [InlineData(Phone + " FxiOS/132.0 Mobile/15E148 Safari/605.1.15", "Firefox", "iOS")]
    [InlineData(Phone + " EdgiOS/131.0 Version/18.0 Mobile/15E148 Safari/604.1", "Edge", "iOS")]
    [InlineData(Phone + " GSA/344.0 Mobile/15E148 Safari/604.1", "Google App", "iOS")]
    [InlineData(Phone + " Mobile/15E148 Instagram 359.0.0.30.85 (iPhone14,5; iOS 18_1)", "Instagram", "iOS")]
    [InlineData(Phone + " Mobile/15E148 [FBAN/FBIOS;FBAV/490.0]", "Facebook", "iOS")]
    [InlineData(Phone + " Mobile/15E148", "iOS WebView", "iOS")]
    [InlineData("Mozilla/5.0 (iPad; CPU OS 17_6 like Mac OS X) AppleWebKit/605.1.15 Version/17.6 Mobile/15E148 Safari/604.1", "Safari", "iOS")]
    [InlineData(Droid + " Chrome/131.0.0.0 Mobile Safari/537.36", "Chrome", "Android")]
    [InlineData("Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36", "Samsung Internet", "Android")]
    [InlineData("Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 Version/4.0 Chrome/131.0 Mobile Safari/537.36", "Android WebView", "Android")]
    [InlineData("Mozilla/5.0 (Linux; U; Android 4.4.2; en-us; SCH-I535) AppleWebKit/534.30 Version/4.0 Mobile Safari/534.30", "Android Browser", "Android")]
    [InlineData("Mozilla/5.0 (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0", "Firefox", "Android")]
    [InlineData("Mozilla/5.0 (Linux; U; Android 13) AppleWebKit/537.36 Chrome/100.0 MiuiBrowser/17.4 Mobile Safari/537.36", "MIUI Browser", "Android")]
    [InlineData("Mozilla/5.0 (Linux; Android 12; HarmonyOS; NOH-AN00) AppleWebKit/537.36 Chrome/99.0 HuaweiBrowser/14.0 Mobile Safari/537.36", "Huawei Browser", "HarmonyOS")]
    [InlineData("Opera/9.80 (Android; Opera Mini/36.2) Presto/2.12.423 Version/12.16", "Opera", "Android")]
    [InlineData("Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) 76.0 TV Safari/537.36", "other", "Tizen")]
    [InlineData("Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/108.0 Safari/537.36", "Chrome", "webOS")]
    [InlineData("curl/8.5.0", "other", "other")]
    [InlineData("", "", "")]
    public void An_agent_names_a_browser_and_a_system(string agent, string browser, string system)
    {
        Assert.Equal(browser, AgentFamilies.BrowserOf(agent));
        Assert.Equal(system, AgentFamilies.SystemOf(agent));
    }
}
